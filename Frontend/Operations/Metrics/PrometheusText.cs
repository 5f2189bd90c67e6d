using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary>Writes metrics in Prometheus' text format 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The runtime publishes these as counters although they go up and down.</summary>
    private static readonly string[] MiscountedGauges = ["dotnet.thread_pool.thread.number", "dotnet.thread_pool.queue.length"];

    private readonly StringBuilder _text = new(64 * 1024);

    /// <summary>Everything in the batch. Metrics that share a name (from two meters) come together, as the format demands.</summary>
    public string Write(Batch<Metric> batch)
    {
        var byName = new SortedDictionary<string, List<Metric>>(StringComparer.Ordinal);
        foreach (var metric in batch)
        {
            var name = PrometheusNames.OfMetric(metric.Name, metric.Unit, IsCounter(metric));
            if (!byName.TryGetValue(name, out var same))
            {
                byName.Add(name, same = []);
            }

            same.Add(metric);
        }

        _text.Clear();
        foreach (var (name, metrics) in byName)
        {
            WriteFamily(name, metrics);
        }

        return _text.ToString();
    }

    /// <summary>A label's value between quotes, escaped.</summary>
    public static void AppendValue(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }

    private static bool IsCounter(Metric metric) =>
        metric.MetricType is MetricType.LongSum or MetricType.DoubleSum && !MiscountedGauges.Contains(metric.Name);

    private static bool IsLong(MetricType type) => type is MetricType.LongSum or MetricType.LongSumNonMonotonic or MetricType.LongGauge;

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void WriteFamily(string name, List<Metric> metrics)
    {
        var first = metrics[0];
        var type = IsCounter(first) ? "counter" : first.MetricType is MetricType.Histogram ? "histogram" : "gauge";
        var help = first.Description.Length > 0 ? first.Description : first.Name;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (var metric in metrics)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (metric.MetricType == MetricType.Histogram)
                {
                    WriteHistogram(name, in point);
                }
                else
                {
                    WriteSample(name, in point, IsLong(metric.MetricType) ? LongOf(metric.MetricType, in point) : DoubleOf(metric.MetricType, in point));
                }
            }
        }
    }

    private static string LongOf(MetricType type, in MetricPoint point) =>
        (type == MetricType.LongGauge ? point.GetGaugeLastValueLong() : point.GetSumLong()).ToString(CultureInfo.InvariantCulture);

    private static string DoubleOf(MetricType type, in MetricPoint point) =>
        Number(type == MetricType.DoubleGauge ? point.GetGaugeLastValueDouble() : point.GetSumDouble());

    private void WriteHistogram(string name, in MetricPoint point)
    {
        var count = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            WriteSample($"{name}_bucket", in point, count.ToString(CultureInfo.InvariantCulture), Number(bucket.ExplicitBound));
        }

        WriteSample($"{name}_sum", in point, Number(point.GetHistogramSum()));
        WriteSample($"{name}_count", in point, count.ToString(CultureInfo.InvariantCulture));
    }

    private void WriteSample(string name, in MetricPoint point, string value, string? bound = null)
    {
        _text.Append(name);
        var separator = '{';
        foreach (var tag in point.Tags)
        {
            _text.Append(separator).Append(PrometheusNames.Label(tag.Key)).Append("=\"");
            AppendValue(_text, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
            _text.Append('"');
            separator = ',';
        }

        if (bound is not null)
        {
            _text.Append(separator).Append("le=\"").Append(bound).Append('"');
            separator = ',';
        }

        if (separator == ',')
        {
            _text.Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }
}
