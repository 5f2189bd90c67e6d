using System.Diagnostics;

namespace Orleans.Local;

/// <summary>One span a call, from its start in the grain to its end, under the source and names that Orleans uses. Free while nobody listens.</summary>
internal static class GrainSpans
{
    private static readonly ActivitySource Source = new("Microsoft.Orleans.Application");

    public static Activity? Start(GrainCall call, Activation activation)
    {
        if (!Source.HasListeners() || Source.StartActivity(call.GetActivityName(), ActivityKind.Server) is not { } span)
        {
            return null;
        }

        span.SetTag("rpc.system", "orleans");
        span.SetTag("rpc.service", call.GetInterfaceName());
        span.SetTag("rpc.method", call.GetMethodName());
        span.SetTag("rpc.orleans.target_id", activation.GrainId.ToString());
        return span;
    }

    public static void Stop(Activity? span, Exception? failure)
    {
        if (span is null)
        {
            return;
        }

        if (failure is not null)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("exception.type", failure.GetType().FullName);
        }

        span.Stop();
    }
}
