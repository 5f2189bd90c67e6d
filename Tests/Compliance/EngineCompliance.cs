using Chat4All.Tests.Hosting;
using Orleans;

namespace Chat4All.Tests.Compliance;

/// <summary>
/// What the grains rely on, whichever engine runs them: turns, interleaving, life cycle, timers, reminders, failures, cancellation,
/// filters. It pins nothing that Orleans does not promise, such as the order of calls that are not awaited, or copies of arguments.
/// </summary>
public abstract partial class EngineCompliance(EngineFixture engine)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The way to the grains.</summary>
    protected IGrainFactory Grains { get; } = engine.Grains;

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private static Task HappensAsync(EngineProbe probe, string note, int times = 1)
        => Eventually.HoldsAsync($"\"{note}\" {times} times", () => probe.Notes.Count(noted => noted == note) >= times, Deadline);

    private (TGrain Grain, EngineProbe Probe) New<TGrain>() where TGrain : IGrainWithStringKey
    {
        var key = NewKey();
        return (Grains.GetGrain<TGrain>(key), EngineProbe.Of(key));
    }
}
