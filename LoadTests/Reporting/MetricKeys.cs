namespace Chat4All.LoadTests.Reporting;

/// <summary>Names of the quantities, as they stand in the JSON file and in table heads.</summary>
internal static class MetricKeys
{
    public const string Rate = "rate";
    public const string P50 = "p50";
    public const string P95 = "p95";
    public const string P99 = "p99";
    public const string P999 = "p99.9";
    public const string Max = "max";
    public const string ClientCpu = "client cpu";
    public const string ServerCpu = "server cpu";
    public const string MachineCpu = "machine cpu";
    public const string MemoryPerConnection = "memory each";
    public const string MemoryPerActivation = "memory an activation";
    public const string Memory = "memory";
    public const string Ready = "ready";
    public const string Throughput = "throughput";
    public const string OfRaw = "of the store itself";
    public const string Merge = "merge";
    public const string Download = "download";
    public const string PeakMemory = "peak memory";

    /// <summary>The latency columns, in order.</summary>
    public static IReadOnlyList<string> Latencies { get; } = [P50, P95, P99, P999, Max];
}
