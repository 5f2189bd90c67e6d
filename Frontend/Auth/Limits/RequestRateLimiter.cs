using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>The bucket of a user's other state-changing requests.</summary>
internal sealed class RequestRateLimiter(RateLimitOptions options, ServerOptions server, TimeProvider time)
{
    private readonly MinuteWindows _windows = new(time);
    private readonly int _limit = options.Requests(server);
    private readonly bool _off = options.IsOff;

    /// <summary>Takes one request from the user's minute.</summary>
    public RateDecision TryTake(string userId) => _off ? RateDecision.Unlimited : _windows.TryTake(userId, 1, _limit);
}
