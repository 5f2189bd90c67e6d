using Orleans.Local;

namespace Orleans.Runtime;

/// <summary>What the grains of this process are and do, for consoles and metrics.</summary>
public sealed class EngineStatistics
{
    private readonly LocalEngine _engine;

    internal EngineStatistics(LocalEngine engine) => _engine = engine;

    /// <summary>Upper bounds of the latency histogram.</summary>
    public static IReadOnlyList<TimeSpan> LatencyBounds { get; } =
    [
        .. new double[] { 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000 }
            .Select(TimeSpan.FromMicroseconds),
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10),
    ];

    /// <summary>The counters now, one entry a kind of grain. Cheap enough for every scrape.</summary>
    public IReadOnlyList<GrainTypeStatistics> Read()
        => [.. _engine.Catalog.Classes.Select(grainClass => grainClass.Statistics.Read(grainClass.GrainType))];
}
