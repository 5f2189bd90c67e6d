namespace Chat4All.Tests.Resilience;

/// <summary>These tests load both processors with a server that is killed or cut off, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ResilienceCollection
{
    public const string Name = "Resilience";
}
