using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>The one bucket of messages a user has, whether they come by REST (a batch counts its items), WebSocket or SignalR.</summary>
internal sealed class MessageRateLimiter(RateLimitOptions options, ServerOptions server, TimeProvider time)
{
    private readonly MinuteWindows _windows = new(time);
    private readonly int _limit = options.Messages(server);
    private readonly bool _off = options.IsOff;

    /// <summary>Messages that a rested user may send at once; more can never pass together.</summary>
    public int MostAtOnce => _off ? int.MaxValue : _limit;

    /// <summary>Takes <paramref name="count"/> messages from the user's minute; all or none.</summary>
    public RateDecision TryTake(string userId, int count) => _off ? RateDecision.Unlimited : _windows.TryTake(userId, count, _limit);
}
