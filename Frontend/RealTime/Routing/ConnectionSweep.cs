using Chat4All.Frontend.RealTime.Connections;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>One look at all connections twice a second, instead of a timer for each: heartbeats, expired tokens, closes that do not end.</summary>
internal sealed class ConnectionSweep(Sessions sessions, EventLoop loop, RealTimeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Sweeps until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await loop.Run(Sweep);
        }
    }

    private bool Sweep()
    {
        var now = time.GetUtcNow();
        OutgoingFrame? heartbeat = null;
        foreach (var connection in sessions.All())
        {
            connection.Sweep(Interval);
            if (connection.IsClosing)
            {
                continue;
            }

            if (connection.Caller.ExpiresAt <= now)
            {
                connection.Close(CloseCode.Unauthorized);
            }
            else if (connection.NextHeartbeat == 0)
            {
                connection.NextHeartbeat = (now + options.Heartbeat).UtcTicks;
            }
            else if (connection.NextHeartbeat <= now.UtcTicks)
            {
                connection.NextHeartbeat += options.Heartbeat.Ticks;
                connection.Beat(heartbeat ??= ControlFrames.Heartbeat(now));
            }
        }

        return true;
    }
}
