using Chat4All.Grains.Abstractions;
using Orleans;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Tells users' grains whether they have connections here. A user has one call under way at most, and the next one says what is true by then: quick changes can't overtake each other, and none is lost.
/// Belongs to the loop.
/// </summary>
internal sealed partial class PresenceReporter : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
    private readonly Switchboard _switchboard;
    private readonly EventLoop _loop;
    private readonly IGrainFactory _grains;
    private readonly string _node;
    private readonly ILogger<PresenceReporter> _logger;
    private readonly DeadlineQueue<string> _retries;

    public PresenceReporter(Switchboard switchboard, EventLoop loop, IGrainFactory grains, RealTimeOptions options, TimeProvider time, ILogger<PresenceReporter> logger)
    {
        (_switchboard, _loop, _grains, _node, _logger) = (switchboard, loop, grains, options.NodeName, logger);
        _retries = new DeadlineQueue<string>(loop, time, RetryDelay, Tell);
    }

    /// <summary>The user's first connection here has opened, or the last one closed.</summary>
    public void Changed(string userId)
    {
        if (_underWay.Add(userId))
        {
            Tell(userId);
        }
    }

    public void Dispose() => _retries.Dispose();

    private bool IsHere(string userId) => _switchboard.Sessions.ContainsKey(userId);

    private void Tell(string userId) => _ = TellAsync(userId, IsHere(userId));

    private async Task TellAsync(string userId, bool isHere)
    {
        try
        {
            var user = _grains.GetGrain<IUserGrain>(userId);
            await (isHere ? user.Connected(_node) : user.Disconnected(_node));
            _loop.Post(() => Told(userId, isHere));
        }
        catch (Exception failed)
        {
            // Presence is a courtesy: no socket is refused because it cannot be told.
            LogPresenceFailed(_logger, failed);
            _loop.Post(() => _retries.Add(userId));
        }
    }

    private void Told(string userId, bool wasHere)
    {
        if (IsHere(userId) != wasHere)
        {
            Tell(userId);
        }
        else
        {
            _underWay.Remove(userId);
        }
    }

    [LoggerMessage(3104, LogLevel.Warning, "A user's presence could not be told; it is tried again")]
    private static partial void LogPresenceFailed(ILogger logger, Exception failed);
}
