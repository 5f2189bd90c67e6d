using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>The bucket of bytes that a user may upload, through whichever door. Counted in KiB, because a minute may hold more bytes than an <see cref="int"/>.</summary>
internal sealed class UploadRateLimiter(RateLimitOptions options, ServerOptions server, TimeProvider time)
{
    private const int Unit = 1024;

    private readonly MinuteWindows _windows = new(time);
    private readonly int _limit = options.UploadMebibytes(server) * (1024 * 1024 / Unit);
    private readonly bool _off = options.IsOff;

    /// <summary>Takes the bytes of a body from the user's minute; all or none.</summary>
    public RateDecision TryTake(string userId, long bytes) =>
        _off ? RateDecision.Unlimited : _windows.TryTake(userId, (int)Math.Min(int.MaxValue, (bytes + Unit - 1) / Unit), _limit);
}
