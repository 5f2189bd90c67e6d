using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Brings a client that was away up to date: live events are held, the store is read page by page as fast as the client takes it, and where the two meet the conversation goes on live.
/// Nothing is missed and nothing comes twice.
/// </summary>
internal sealed class Resumption
{
    private readonly Switchboard _switchboard;
    private readonly EventLoop _loop;
    private readonly StoredEvents _stored;
    private readonly StoredChanges _changes;
    private readonly IConversationReader _reader;
    private readonly TimeProvider _time;

    public Resumption(Switchboard switchboard, EventLoop loop, StoredEvents stored, StoredChanges changes, IConversationReader reader, TimeProvider time)
    {
        (_switchboard, _loop, _stored, _changes, _reader, _time) = (switchboard, loop, stored, changes, reader, time);
        switchboard.OnJoined = BeginJoined;
    }

    /// <summary>
    /// Resumes what is asked for and tells the client about each conversation as it is done. Throws <see cref="StoreUnavailableException"/> when the store is away before any message was
    /// sent, or when the status and read changes cannot be told behind them all.
    /// </summary>
    public async Task<IReadOnlyList<ResumeResult>> ResumeAsync(ChatConnection connection, ResumeRequest request, CancellationToken cancellationToken)
    {
        await _loop.Run(() => Hold(connection));
        var positions = new Dictionary<string, long>(request.Conversations, StringComparer.Ordinal);
        try
        {
            if (request.Since is { } since)
            {
                foreach (var point in await _reader.ListResumePointsAsync(connection.Caller.UserId, since, cancellationToken))
                {
                    positions.TryAdd(point.ConversationId, point.AfterSeq);
                }
            }
        }
        catch
        {
            _loop.Post(connection.Stream.Release);
            throw;
        }

        var steps = await _loop.Run(() => Begin(connection, positions));
        var results = new List<ResumeResult>(steps.Count);
        foreach (var step in steps)
        {
            var result = await FinishAsync(connection, step, cancellationToken);
            results.Add(result);
            connection.Send(result.Code is null
                ? ControlFrames.Resumed(result.ConversationId, result.LastSeq, _time.GetUtcNow())
                : ControlFrames.NotResumed(result.ConversationId, result.Code, _time.GetUtcNow()));
        }

        if (request.Since is { } changedSince)
        {
            // Not while live events wait: these go at the client's pace, and each tells how things stand, so that they may come in any order.
            await _changes.SendAsync(connection, changedSince, cancellationToken);
        }

        return results;
    }

    private static bool Hold(ChatConnection connection)
    {
        connection.Stream.Wait();
        return true;
    }

    private List<Step> Begin(ChatConnection connection, Dictionary<string, long> positions)
    {
        var steps = new List<Step>(positions.Count);
        if (connection.Session is { } session)
        {
            foreach (var (conversationId, last) in positions)
            {
                var feed = _switchboard.FindFollowed(session, conversationId);
                steps.Add(feed is null ? new Step(conversationId, last) : Begin(connection, feed, last));
            }
        }

        connection.Stream.Release();
        return steps;
    }

    private static Step Begin(ChatConnection connection, ConversationFeed feed, long last)
    {
        connection.Stream.Subscribe(feed);
        var step = new Step(feed.ConversationId, last) { Feed = feed };

        // What this connection got live before it asked is not sent again; only what came before that is missing.
        return connection.Stream.LiveSince(feed) is { } since && last <= feed.Delivered
            ? step with { MissingUpTo = since - 1 }
            : step with { Replay = connection.Stream.Begin(feed, last) };
    }

    private async Task<ResumeResult> FinishAsync(ChatConnection connection, Step step, CancellationToken cancellationToken)
    {
        try
        {
            if (step.MissingUpTo is { } upTo)
            {
                await SendAsync(connection, step.ConversationId, step.Last, upTo, cancellationToken);
                return new ResumeResult(step.ConversationId, await _loop.Run(() => step.Feed!.Delivered ?? upTo));
            }

            if (step.Feed is null || step.Last > step.Feed.Delivered)
            {
                if (await CheckAsync(connection, step, cancellationToken) is { } code)
                {
                    return new ResumeResult(step.ConversationId, step.Last, code);
                }
            }

            step = step.Feed is null ? await _loop.Run(() => Follow(connection, step)) : step;
            return new ResumeResult(step.ConversationId, await ReplayAsync(connection, step.Feed!, step.Replay!, cancellationToken));
        }
        catch (StoreUnavailableException)
        {
            // Live events go on; the client knows that it has to ask again.
            _loop.Post(() => Abandon(connection, step));
            return new ResumeResult(step.ConversationId, step.Last, ErrorCodes.StoreUnavailable);
        }
    }

    /// <summary>Why the position cannot be resumed from, as the store sees it; null when it can.</summary>
    private async Task<string?> CheckAsync(ChatConnection connection, Step step, CancellationToken cancellationToken)
    {
        var conversation = await _reader.FindAsync(step.ConversationId, cancellationToken);
        var code = conversation is null ? "unknown"
            : conversation.Members.All(member => member.UserId != connection.Caller.UserId) ? "not_member"
            : conversation.LastSeq < step.Last ? "future_seq"
            : null;
        await _loop.Run(() =>
        {
            step.Head = conversation?.LastSeq ?? 0;
            if (code is not null)
            {
                Abandon(connection, step);
            }
            else if (step.Feed is not null)
            {
                _switchboard.Learn(step.Feed, step.Head);
            }

            return true;
        });
        return code;
    }

    /// <summary>The user is a member, and no event has said so yet.</summary>
    private Step Follow(ChatConnection connection, Step step)
    {
        var feed = connection.Session is { } session ? _switchboard.Follow(session, step.ConversationId, step.Head) : new ConversationFeed(step.ConversationId, step.Head + 1);
        return step with { Feed = feed, Replay = connection.Stream.Begin(feed, step.Last) };
    }

    /// <summary>Without a replay the connection is live from where the feed is.</summary>
    private static void Abandon(ChatConnection connection, Step step)
    {
        if (step is { Feed: { } feed, Replay: { } replay })
        {
            replay.StartAt(replay.FirstHeld - 1 ?? feed.Delivered ?? 0);
            connection.Stream.Finish(feed, replay);
        }
    }

    /// <summary>Reads from the store until it meets the live events. Answers the seq up to which the client then has everything.</summary>
    private async Task<long> ReplayAsync(ChatConnection connection, ConversationFeed feed, Replay replay, CancellationToken cancellationToken)
    {
        while (await _loop.Run(() => Advance(connection, feed, replay)) is { } upTo)
        {
            // A store without what was delivered lost it, as a restored backup does: go on with what there is.
            replay.MoveTo(await SendPageAsync(connection, feed.ConversationId, replay.Position, upTo, cancellationToken) ?? upTo);
        }

        return Math.Max(replay.Position, replay.Start);
    }

    /// <summary>How far the store must be read; null when the replay is over, for whatever reason.</summary>
    private static long? Advance(ChatConnection connection, ConversationFeed feed, Replay replay)
    {
        if (connection.Session is null || connection.IsClosing || !connection.Stream.IsCurrent(feed, replay))
        {
            return null;
        }

        if (replay.MissingUpTo(feed.Delivered ?? 0) is { } upTo)
        {
            return upTo;
        }

        connection.Stream.Finish(feed, replay);
        replay.MoveTo(replay.EndsAt ?? feed.Delivered ?? 0);
        return null;
    }

    private async Task SendAsync(ChatConnection connection, string conversationId, long after, long upTo, CancellationToken cancellationToken)
    {
        while (after < upTo && !connection.IsClosing && await SendPageAsync(connection, conversationId, after, upTo, cancellationToken) is { } last)
        {
            after = last;
        }
    }

    /// <summary>Sends one page as fast as the client takes it. Answers the last seq sent; null when there was nothing.</summary>
    private async Task<long?> SendPageAsync(ChatConnection connection, string conversationId, long after, long upTo, CancellationToken cancellationToken)
    {
        var events = await _stored.ReadAsync(conversationId, after, upTo, cancellationToken);
        foreach (var liveEvent in events)
        {
            await connection.SendPatientlyAsync(OutgoingFrame.ForEvent(liveEvent));
        }

        return events.Count == 0 ? null : events[^1].Seq;
    }

    /// <summary>An event named a new member: its connections get everything since it joined, this event included.</summary>
    private void BeginJoined(UserSession session, ConversationFeed feed)
    {
        var replays = session.Connections.Select(connection => (connection, connection.Stream.Begin(feed, 0))).ToList();
        _ = JoinAsync(session, feed, replays);
    }

    private async Task JoinAsync(UserSession session, ConversationFeed feed, List<(ChatConnection Connection, Replay Replay)> replays)
    {
        try
        {
            var conversation = await _reader.FindAsync(feed.ConversationId, CancellationToken.None);
            var member = conversation?.Members.FirstOrDefault(member => member.UserId == session.UserId);
            await _loop.Run(() =>
            {
                _switchboard.Learn(feed, conversation?.LastSeq ?? 0);
                foreach (var (_, replay) in replays)
                {
                    // Somebody removed again meanwhile has no row to tell; the event that removes will come.
                    replay.StartAt(member is null ? feed.Delivered ?? 0 : Math.Max(0, member.JoinedSeq - 1));
                }

                return true;
            });
            await Task.WhenAll(replays.Select(replay => ReplayAsync(replay.Connection, feed, replay.Replay, CancellationToken.None)));
        }
        catch (StoreUnavailableException)
        {
            _loop.Post(() => replays.ForEach(replay => Abandon(replay.Connection, new Step(feed.ConversationId, 0) { Feed = feed, Replay = replay.Replay })));
        }
    }

    /// <summary>One conversation of a resumption.</summary>
    /// <param name="Last">The client has everything up to here.</param>
    private sealed record Step(string ConversationId, long Last)
    {
        /// <summary>Null while the session does not follow the conversation.</summary>
        public ConversationFeed? Feed { get; init; }

        public Replay? Replay { get; init; }

        /// <summary>Set instead of a replay when the connection has been live for a while: only what is before that is missing.</summary>
        public long? MissingUpTo { get; init; }

        /// <summary>The store's head, once it has been asked.</summary>
        public long Head { get; set; }
    }
}
