using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary>Hears of revocations by other processes on the same store (nodes, or the command line) within half a second, and deletes tokens long expired.</summary>
internal sealed partial class RevocationPoller(ITokenStore store, Revocations revocations, TimeProvider time, ILogger<RevocationPoller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How far nodes' clocks may be apart, and how late a revocation's transaction may commit, without its being missed.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan CleanupInterval = TimeSpan.FromHours(1);

    /// <summary>Expired tokens are kept this long, so that <c>revoked</c> and <c>expired</c> can be told apart in an inquiry.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    private const int CleanupChunk = 5000;

    private HashSet<string> _known = [];
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var since = time.GetUtcNow();
        var cleanupAt = since + CleanupInterval;
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                var started = time.GetUtcNow();
                await PollAsync(since - Overlap, stoppingToken);
                since = started;
                if (started >= cleanupAt)
                {
                    cleanupAt = started + CleanupInterval;
                    await CleanUpAsync(started - Retention, stoppingToken);
                }

                _failing = false;
            }
            catch (Exception unavailable) when (unavailable is StoreUnavailableException or CommitOutcomeUnknownException)
            {
                if (!_failing)
                {
                    LogUnavailable(logger, unavailable);
                }

                _failing = true;
            }
        }
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task PollAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var revoked = await store.ListRevokedSinceAsync(since, cancellationToken);
        foreach (var tokenId in revoked.Where(id => !_known.Contains(id)))
        {
            revocations.RevokeToken(tokenId);
        }

        if (revoked.Count > 0 || _known.Count > 0)
        {
            _known = [.. revoked];
        }
    }

    private async Task CleanUpAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        while (await store.DeleteExpiredAsync(before, CleanupChunk, cancellationToken) == CleanupChunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "Revocations by other nodes cannot be read; tokens that are cached here stay valid until the store is back")]
    private static partial void LogUnavailable(ILogger logger, Exception unavailable);
}
