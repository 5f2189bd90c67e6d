using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Chat4All.Frontend.Operations.Traces;

/// <summary>Exports spans over OTLP when an endpoint is configured; otherwise it does nothing at all.</summary>
internal sealed class SpanExport(TelemetryOptions options) : IHostedService, IDisposable
{
    private static readonly string[] Sources = ["Chat4All", "Microsoft.AspNetCore", "Npgsql", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application"];

    private TracerProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Endpoint is { } endpoint)
        {
            _provider = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService(options.ServiceName, serviceVersion: ServiceIdentity.Version, serviceInstanceId: Environment.MachineName))
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SampleRatio)))
                .AddSource(Sources)
                .AddProcessor(new SpanRedaction())
                .AddOtlpExporter(otlp => Configure(otlp, endpoint))
                .Build();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _provider?.Dispose();

    private void Configure(OtlpExporterOptions otlp, Uri endpoint)
    {
        var http = options.OtlpProtocol == "http/protobuf";
        otlp.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        otlp.Endpoint = http && endpoint.AbsolutePath == "/" ? new Uri(endpoint, "/v1/traces") : endpoint;
    }
}
