using System.Diagnostics;
using Chat4All.Frontend.Api;
using Chat4All.Frontend.Operations.Metrics;

namespace Chat4All.Frontend.Operations;

/// <summary>The outermost step of every request: names it in the response, counts it, and turns what went wrong into problem details.</summary>
internal sealed class RequestPipeline(RequestDelegate next, RequestMetrics metrics, ILogger<RequestPipeline> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        RequestIdentity.Stamp(context);
        Task rest;
        try
        {
            rest = next(context);
        }
        catch (Exception thrown)
        {
            rest = Task.FromException(thrown);
        }

        if (rest.IsCompletedSuccessfully && context.Response.StatusCode < 400)
        {
            metrics.Record(context, started);
            return Task.CompletedTask;
        }

        return FinishAsync(context, rest, started);
    }

    private async Task FinishAsync(HttpContext context, Task rest, long started)
    {
        try
        {
            await rest;
            if (HasOnlyStatus(context.Response))
            {
                var status = context.Response.StatusCode;
                await Problems.WriteAsync(context, status, ProblemCodes.Of(status), ProblemCodes.DetailOf(status));
            }
        }
        catch (Exception thrown)
        {
            await AnswerAsync(context, thrown);
        }
        finally
        {
            metrics.Record(context, started);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception thrown)
    {
        try
        {
            await ProblemsOfExceptions.WriteAsync(context, thrown, logger);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client left while it was told.
        }
    }

    /// <summary>Routing's own refusals (404, 405, 415) and the like: a status without a body.</summary>
    private static bool HasOnlyStatus(HttpResponse response) =>
        response.StatusCode >= 400 && !response.HasStarted && response.ContentLength is null && response.ContentType is null;
}
