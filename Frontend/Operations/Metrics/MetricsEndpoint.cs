using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary><c>GET /metrics</c>: every instrument of the hub, of the runtime, of the HTTP server and of the PostgreSQL driver.</summary>
internal sealed class MetricsEndpoint : IHostedService, IDisposable
{
    private static readonly string[] Meters = ["Chat4All*", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "Microsoft.Orleans"];

    /// <summary>For durations that bring no bounds of their own, in seconds.</summary>
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly PrometheusExporter _exporter = new();
    private readonly SemaphoreSlim _one = new(1);
    private MeterProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Meters)
            .AddView(Shape)
            .AddReader(new BaseExportingMetricReader(_exporter))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AnswerAsync(HttpContext context)
    {
        await _one.WaitAsync(context.RequestAborted);
        string text;
        try
        {
            _exporter.Collect?.Invoke(Timeout.Infinite);
            text = _exporter.Latest;
        }
        finally
        {
            _one.Release();
        }

        context.Response.ContentType = PrometheusText.ContentType;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(text, Encoding.UTF8, context.RequestAborted);
    }

    public void Dispose()
    {
        _provider?.Dispose();
        _exporter.Dispose();
        _one.Dispose();
    }

    private static MetricStreamConfiguration? Shape(Instrument instrument) => instrument switch
    {
        // Histograms for each connection's life cost more than they tell; the counts of connections stay.
        Histogram<double> { Meter.Name: "Microsoft.AspNetCore.Server.Kestrel" } => MetricStreamConfiguration.Drop,
        // A gauge must not end like a histogram's or summary's count.
        { Meter.Name: "System.Runtime" } when instrument.Name.EndsWith(".count", StringComparison.Ordinal) => new MetricStreamConfiguration { Name = instrument.Name[..^".count".Length] + ".number" },
        Histogram<double> { Unit: "s", Advice: null } => new ExplicitBucketHistogramConfiguration { Boundaries = Seconds },
        _ => null,
    };
}
