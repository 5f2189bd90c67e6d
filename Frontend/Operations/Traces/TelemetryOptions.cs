using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Operations.Traces;

/// <summary>Where spans go. Section <c>Telemetry</c>.</summary>
internal sealed record TelemetryOptions : ISettings
{
    /// <summary>Where OTLP over gRPC is served by default; Jaeger's own port (6831) speaks a protocol that nobody exports any more.</summary>
    private const int OtlpPort = 4317;

    public static string Section => "Telemetry";

    /// <summary>An OTLP endpoint such as <c>http://localhost:4317</c>; empty: no spans are exported. <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public string OtlpEndpoint { get; init; } = "";

    /// <summary><c>grpc</c> (default) or <c>http/protobuf</c>. <c>OTEL_EXPORTER_OTLP_PROTOCOL</c>.</summary>
    public string OtlpProtocol { get; init; } = "grpc";

    /// <summary>A Jaeger host whose OTLP port takes the spans where no endpoint is named. <c>JAEGER_AGENT_HOST</c>.</summary>
    public string JaegerHost { get; init; } = "";

    /// <summary>The <c>service.name</c>. <c>OTEL_SERVICE_NAME</c>.</summary>
    public string ServiceName { get; init; } = ServiceIdentity.Name;

    /// <summary>Part of the traces begun here that are exported, 0 to 1; a caller's decision counts for its own. Default 1.</summary>
    public double SampleRatio { get; init; } = 1;

    /// <summary>Where spans go; null for nowhere.</summary>
    public Uri? Endpoint =>
        OtlpEndpoint.Length > 0 ? new Uri(OtlpEndpoint)
        : JaegerHost.Length > 0 ? new Uri($"http://{JaegerHost}:{OtlpPort}")
        : null;

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (OtlpEndpoint.Length > 0 && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return (nameof(OtlpEndpoint), "must be an http or https address");
        }

        if (JaegerHost.Length > 0 && Uri.CheckHostName(JaegerHost) == UriHostNameType.Unknown)
        {
            yield return (nameof(JaegerHost), "(JAEGER_AGENT_HOST) is not a host name");
        }

        if (OtlpProtocol is not ("grpc" or "http/protobuf"))
        {
            yield return (nameof(OtlpProtocol), "must be grpc or http/protobuf");
        }

        if (SampleRatio is not (>= 0 and <= 1))
        {
            yield return (nameof(SampleRatio), "must be 0 to 1");
        }
    }
}
