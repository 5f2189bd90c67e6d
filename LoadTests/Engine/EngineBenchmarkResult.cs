namespace Chat4All.LoadTests.Engine;

/// <summary>What <see cref="EngineBenchmark"/> found.</summary>
public sealed record EngineBenchmarkResult
{
    /// <summary>Answered calls a second, over 100 grains.</summary>
    public required double CallsPerSecond { get; init; }

    /// <summary>Managed bytes allocated for a call, the caller's included.</summary>
    public required double BytesPerCall { get; init; }

    /// <summary>Managed bytes that an idle activation of a grain without state keeps, its directory entry included, its key not.</summary>
    public required double BytesPerIdleActivation { get; init; }
}
