using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary>Keeps the second listener to <c>/metrics</c>, so that it can be opened wider than the API.</summary>
internal static class MetricsListener
{
    public static void UseMetricsListener(this WebApplication app)
    {
        if (app.Services.GetRequiredService<MetricsPort>() is not { Number: > 0 and var port })
        {
            return;
        }

        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != port || context.Request.Path == "/metrics")
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
