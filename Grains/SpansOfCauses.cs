using System.Diagnostics;

namespace Chat4All.Grains;

/// <summary>Spans of what is done once for many: one in the trace of each whose work it is.</summary>
public static class SpansOfCauses
{
    /// <summary>Starts them; none when nobody listens. The first is the current one, for as long as the calling method runs.</summary>
    /// <param name="causes">W3C trace contexts; null for what is not traced.</param>
    public static IReadOnlyList<Activity> Start(string name, ActivityKind kind, IEnumerable<string?> causes) => Start(
        causes, cause => ActivityContext.TryParse(cause, null, isRemote: true, out var parent) ? Telemetry.Activities.StartActivity(name, kind, parent) : null);

    /// <summary>The same with spans that <paramref name="start"/> makes of the causes; null for those that are not traced.</summary>
    public static IReadOnlyList<Activity> Start<T>(IEnumerable<T> causes, Func<T, Activity?> start)
    {
        if (!Telemetry.Activities.HasListeners())
        {
            return [];
        }

        var started = new List<Activity>();
        foreach (var cause in causes)
        {
            Activity.Current = null;
            if (start(cause) is { } span)
            {
                started.Add(span);
            }
        }

        Activity.Current = started.FirstOrDefault();
        return started;
    }

    /// <summary>Ends them, as failed when there is a failure.</summary>
    public static void End(IReadOnlyList<Activity> spans, Exception? failure = null)
    {
        foreach (var span in spans)
        {
            if (failure is not null)
            {
                span.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            }

            span.Dispose();
        }
    }
}
