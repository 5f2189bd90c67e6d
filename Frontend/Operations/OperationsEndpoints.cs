using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Frontend.Operations.Metrics;

namespace Chat4All.Frontend.Operations;

/// <summary>What operators and their machines ask.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
        var metrics = routes.ServiceProvider.GetRequiredService<MetricsEndpoint>();
        var operations = routes.MapGroup("").WithTags("Operations");
        operations.MapGet("/health", Health.AnswerAsync).AllowAnyone().Answers(StatusCodes.Status200OK, typeof(HealthAnswer)).WithName("health").WithSummary("Whether the process is alive.");
        operations.MapGet("/ready", readiness.AnswerAsync).AllowAnyone()
            .Answers(StatusCodes.Status200OK, typeof(ReadyAnswer)).Answers(StatusCodes.Status503ServiceUnavailable, typeof(ReadyAnswer)).WithName("ready").WithSummary("Whether the process can serve, with each dependency by name.");
        operations.MapGet("/metrics", metrics.AnswerAsync).AllowAnyone().WithName("metrics").WithSummary("Everything that is counted, as Prometheus text.");
    }
}
