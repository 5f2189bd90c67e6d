namespace Chat4All.Frontend.Operations;

/// <summary>Registration of health, metrics and traces.</summary>
internal static class OperationsServices
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<RequestMetrics>()
        .AddHostedService<RequestTracing>()
        .AddSingleton<Readiness>()
        .AddSingleton<IDependencyCheck, StoreCheck>();
}
