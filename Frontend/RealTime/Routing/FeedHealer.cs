using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Makes good what the fan-out lost. A gap that does not close by itself within the hold time is read from the store; heads are compared with the store's at intervals, so that a lost last event is missed too.
/// </summary>
internal sealed partial class FeedHealer : IDisposable
{
    /// <summary>Conversations asked about in one query.</summary>
    private const int HeadChunk = 1000;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly Switchboard _switchboard;
    private readonly EventLoop _loop;
    private readonly StoredEvents _stored;
    private readonly IConversationReader _reader;
    private readonly RealTimeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedHealer> _logger;
    private readonly DeadlineQueue<ConversationFeed> _gaps;
    private readonly HashSet<(UserSession, ConversationFeed)> _doubts = [];
    private readonly List<ConversationHead> _heads = [];

    public FeedHealer(
        Switchboard switchboard, EventLoop loop, StoredEvents stored, IConversationReader reader, RealTimeOptions options, TimeProvider time, ILogger<FeedHealer> logger)
    {
        (_switchboard, _loop, _stored, _reader, _options, _time, _logger) = (switchboard, loop, stored, reader, options, time, logger);
        _gaps = new DeadlineQueue<ConversationFeed>(loop, time, options.GapHold, Expired);
        switchboard.OnGap = _gaps.Add;
        switchboard.OnDoubt = Doubt;
    }

    /// <summary>Compares heads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.HeadCheck, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await CompareHeadsAsync(cancellationToken);
            }
            catch (StoreUnavailableException unavailable)
            {
                LogHeadsUnavailable(_logger, unavailable);
            }
        }
    }

    public void Dispose() => _gaps.Dispose();

    private async Task CompareHeadsAsync(CancellationToken cancellationToken)
    {
        await _loop.Run(CollectHeads);
        for (var start = 0; start < _heads.Count; start += HeadChunk)
        {
            var chunk = _heads.GetRange(start, Math.Min(HeadChunk, _heads.Count - start));
            var ahead = await _reader.FindNewHeadsAsync(chunk, cancellationToken);
            if (ahead.Count > 0)
            {
                _loop.Post(() => Compare(ahead));
            }
        }
    }

    private bool CollectHeads()
    {
        _heads.Clear();
        foreach (var feed in _switchboard.Feeds.Values)
        {
            // A feed that knows no seq yet wants to hear any.
            _heads.Add(new ConversationHead(feed.ConversationId, feed.Delivered is null ? -1 : feed.Highest));
        }

        return true;
    }

    private void Compare(IReadOnlyList<ConversationHead> heads)
    {
        foreach (var head in heads)
        {
            if (_switchboard.Feeds.TryGetValue(head.ConversationId, out var feed))
            {
                _switchboard.Learn(feed, head.LastSeq);
            }
        }
    }

    private void Expired(ConversationFeed feed)
    {
        if (feed.HasGap && feed.Followers.Count > 0)
        {
            _ = FillAsync(feed, feed.Next, feed.Highest);
        }
        else
        {
            feed.IsHealing = false;
        }
    }

    private async Task FillAsync(ConversationFeed feed, long from, long upTo)
    {
        try
        {
            var events = await _stored.ReadAsync(feed.ConversationId, from - 1, upTo, CancellationToken.None);
            _loop.Post(() =>
            {
                _switchboard.Heal(feed, events);
                Continue(feed, progress: events.Count > 0);
            });
        }
        catch (StoreUnavailableException)
        {
            // What is held stays held: order comes before speed. The head check logs the outage.
            _loop.Post(() => Continue(feed, progress: false));
        }
    }

    private void Continue(ConversationFeed feed, bool progress)
    {
        if (progress || !feed.HasGap)
        {
            Expired(feed);
        }
        else
        {
            _ = RetryAsync(feed);
        }
    }

    private async Task RetryAsync(ConversationFeed feed)
    {
        await Task.Delay(RetryDelay, _time);
        _loop.Post(() => Expired(feed));
    }

    private void Doubt(UserSession session, ConversationFeed feed)
    {
        if (_doubts.Add((session, feed)))
        {
            _ = VerifyAsync(session, feed);
        }
    }

    private async Task VerifyAsync(UserSession session, ConversationFeed feed)
    {
        var isMember = true;
        try
        {
            var conversation = await _reader.FindAsync(feed.ConversationId, CancellationToken.None);
            isMember = conversation is not null && conversation.Members.Any(member => member.UserId == session.UserId);
        }
        catch (StoreUnavailableException)
        {
            // The next event raises the same doubt again.
        }

        _loop.Post(() =>
        {
            _doubts.Remove((session, feed));
            if (!isMember)
            {
                _switchboard.Unfollow(session, feed);
            }
        });
    }

    [LoggerMessage(3102, LogLevel.Warning, "Heads of conversations cannot be compared with the store")]
    private static partial void LogHeadsUnavailable(ILogger logger, Exception unavailable);
}
