using Chat4All.Frontend.Operations.Metrics;
using Chat4All.Frontend.Operations.Traces;

namespace Chat4All.Frontend.Operations;

/// <summary>Registration of health, metrics and traces.</summary>
internal static class OperationsServices
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<RequestMetrics>()
        .AddSingleton<MetricsEndpoint>()
        .AddHostedService(static services => services.GetRequiredService<MetricsEndpoint>())
        .AddHostedService<RequestTracing>()
        .AddHostedService<SpanExport>()
        .AddHostedService<MalformedRequests>()
        .AddSingleton<IMemory, ManagedMemory>()
        .AddHostedService<IdleTrim>()
        .AddSingleton<Readiness>()
        .AddSingleton<IDependencyCheck, StoreCheck>()
        .AddSingleton<IDependencyCheck, ObjectStoreCheck>()
        .AddSingleton<IDependencyCheck, EventLogCheck>();
}
