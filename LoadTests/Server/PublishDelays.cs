using System.Globalization;

namespace Chat4All.LoadTests.Server;

/// <summary>How long events took from their commit into the event log, from the server's own histogram, since <see cref="StartAsync"/>.</summary>
internal sealed class PublishDelays(ChatApi api)
{
    private const string Bucket = "chat4all_outbox_publish_delay_seconds_bucket{";
    private const string Bound = "le=\"";

    private SortedDictionary<double, double> _before = [];

    public async Task StartAsync(CancellationToken cancellationToken) => _before = Read(await api.GetMetricsAsync(cancellationToken));

    /// <summary>Upper bounds of the median and of 99 %.</summary>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        var since = Read(await api.GetMetricsAsync(cancellationToken)).Select(bucket => (bucket.Key, Count: bucket.Value - _before.GetValueOrDefault(bucket.Key))).ToList();
        return since.Count == 0 || since[^1].Count == 0
            ? "commit to event log: one transaction"
            : $"commit to event log: p50 {Within(0.5)}, p99 {Within(0.99)}";

        string Within(double share)
        {
            var bound = since.First(bucket => bucket.Count >= share * since[^1].Count).Key;
            return double.IsInfinity(bound) ? "longer than the histogram" : string.Create(CultureInfo.InvariantCulture, $"≤ {bound * 1_000:0.#} ms");
        }
    }

    /// <summary>How many events the log has taken.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        var now = Read(await api.GetMetricsAsync(cancellationToken)).GetValueOrDefault(double.PositiveInfinity);
        return (long)(now - _before.GetValueOrDefault(double.PositiveInfinity));
    }

    private static SortedDictionary<double, double> Read(string metrics)
    {
        var buckets = new SortedDictionary<double, double>();
        foreach (var line in metrics.Split('\n').Where(static line => line.StartsWith(Bucket, StringComparison.Ordinal)))
        {
            var from = line.IndexOf(Bound, StringComparison.Ordinal) + Bound.Length;
            var text = line[from..line.IndexOf('"', from)];
            var bound = text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
            var count = double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
            buckets[bound] = buckets.GetValueOrDefault(bound) + count;
        }

        return buckets;
    }
}
