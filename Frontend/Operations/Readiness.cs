using System.Diagnostics;
using Chat4All.Frontend.Api;

namespace Chat4All.Frontend.Operations;

/// <summary><c>GET /ready</c>: 200 when every vital dependency works, else 503; 503 from the moment a stop begins, so that balancers turn away.</summary>
internal sealed partial class Readiness(IEnumerable<IDependencyCheck> checks, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Readiness> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task AnswerAsync(HttpContext context)
    {
        var states = await Task.WhenAll(checks.Select(check => CheckAsync(check, context.RequestAborted)));
        var stopping = lifetime.ApplicationStopping.IsCancellationRequested;
        var ready = !stopping && states.All(static s => s.State.Status == "up" || !s.IsVital);
        var answer = new ReadyAnswer(stopping ? "shutting_down" : ready ? "ready" : "not_ready", states.ToDictionary(static s => s.Name, static s => s.State));
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.WriteAsync(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, answer, HealthJson.Default.ReadyAnswer);
    }

    private async Task<(string Name, bool IsVital, DependencyState State)> CheckAsync(IDependencyCheck check, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var up = true;
        try
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await check.CheckAsync(either.Token).WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception down) when (!cancellationToken.IsCancellationRequested)
        {
            LogDown(logger, check.Name, down);
            up = false;
        }

        return (check.Name, check.IsVital, new DependencyState(up ? "up" : "down", Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3)));
    }

    [LoggerMessage(1201, LogLevel.Warning, "The dependency {Name} does not work")]
    private static partial void LogDown(ILogger logger, string name, Exception down);
}
