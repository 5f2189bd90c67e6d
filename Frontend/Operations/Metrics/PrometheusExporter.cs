using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary>Hands the text of a collection to whoever asked for it: nothing runs between scrapes.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly PrometheusText _text = new();

    /// <summary>Set by the reader; makes it collect.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The latest collection.</summary>
    public string Latest { get; private set; } = "";

    public override ExportResult Export(in Batch<Metric> batch)
    {
        Latest = _text.Write(batch);
        return ExportResult.Success;
    }
}
