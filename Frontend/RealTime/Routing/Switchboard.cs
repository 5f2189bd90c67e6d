using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>
/// Knows who is connected here and which conversations they follow, and passes every event on to them. All of it runs in the loop.
/// </summary>
internal sealed class Switchboard
{
    private readonly Dictionary<string, UserSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConversationFeed> _feeds = new(StringComparer.Ordinal);
    private readonly List<LiveEvent> _ready = [];
    private readonly List<ChatConnection> _startWriting = [];
    private readonly PresenceBoard _presence = new();
    private readonly RealTimeMetrics _metrics;

    public Switchboard(EventLoop loop, RealTimeMetrics metrics)
    {
        _metrics = metrics;
        loop.OnEvent = Receive;
        loop.OnRoundDone = StartWriting;
    }

    /// <summary>Called when a feed has a gap and nobody sees to it.</summary>
    public Action<ConversationFeed> OnGap { get; set; } = static _ => { };

    /// <summary>Called when an event names a user as a member whose session did not know: since when it is one must be looked up.</summary>
    public Action<UserSession, ConversationFeed> OnJoined { get; set; } = static (_, _) => { };

    /// <summary>Called when an event does not name a follower: whether it still is a member must be looked up.</summary>
    public Action<UserSession, ConversationFeed> OnDoubt { get; set; } = static (_, _) => { };

    public IReadOnlyDictionary<string, UserSession> Sessions => _sessions;

    public IReadOnlyDictionary<string, ConversationFeed> Feeds => _feeds;

    /// <summary>The user's session, made if there is none.</summary>
    public UserSession Open(string userId)
    {
        if (!_sessions.TryGetValue(userId, out var session))
        {
            _sessions.Add(userId, session = new UserSession(userId));
        }

        return session;
    }

    /// <summary>Forgets a session without connections.</summary>
    public void Close(UserSession session)
    {
        _sessions.Remove(session.UserId);
        while (session.Feeds.Count > 0)
        {
            Unfollow(session, session.Feeds[^1]);
        }
    }

    /// <summary>The user's conversations and contacts as the store had them, and what was heard of while it was asked.</summary>
    public void Load(UserSession session, IReadOnlyList<ConversationHead> heads, IReadOnlyList<string> contacts)
    {
        var named = session.Load(heads.Count);
        _presence.Introduce(session, contacts);
        foreach (var head in heads)
        {
            var feed = GetOrAddFeed(head.ConversationId, head.LastSeq + 1);
            Follow(session, feed);
            Learn(feed, head.LastSeq);
        }

        foreach (var (conversationId, next, removed, members) in named)
        {
            if (!removed)
            {
                _presence.Introduce(session, members);
                Follow(session, GetOrAddFeed(conversationId, next));
            }
            else if (FindFollowed(session, conversationId) is { } feed)
            {
                OnDoubt(session, feed);
            }
        }
    }

    /// <summary>The feed, if the session follows it.</summary>
    public ConversationFeed? FindFollowed(UserSession session, string conversationId) =>
        _feeds.TryGetValue(conversationId, out var feed) && feed.Followers.Contains(session) ? feed : null;

    /// <summary>The session gets the conversation's events from now on.</summary>
    public ConversationFeed Follow(UserSession session, string conversationId, long head)
    {
        var feed = GetOrAddFeed(conversationId, head + 1);
        Follow(session, feed);
        Learn(feed, head);
        return feed;
    }

    /// <summary>The session gets no more of the conversation's events.</summary>
    public void Unfollow(UserSession session, ConversationFeed feed)
    {
        session.Feeds.Remove(feed);
        foreach (var connection in session.Connections)
        {
            connection.Stream.Leave(feed);
        }

        if (feed.Followers.Remove(session))
        {
            RemoveUnfollowed(feed);
        }
    }

    /// <summary>The store's head of a conversation.</summary>
    public void Learn(ConversationFeed feed, long head)
    {
        feed.Learn(head);
        LookForGap(feed);
    }

    /// <summary>Events that the store gave back for a gap. They name no recipients: the followers are the members.</summary>
    public void Heal(ConversationFeed feed, IReadOnlyList<LiveEvent> events)
    {
        foreach (var liveEvent in events)
        {
            feed.Offer(liveEvent, _ready);
        }

        _metrics.Healed(events.Count);
        DispatchReady(feed);
    }

    private void Receive(LiveEvent liveEvent)
    {
        if (liveEvent.ConversationId is null)
        {
            DispatchToUsers(liveEvent);
            return;
        }

        var concernsUs = NoteRecipients(liveEvent);
        if (!_feeds.TryGetValue(liveEvent.ConversationId, out var feed))
        {
            if (!concernsUs)
            {
                return;
            }

            feed = GetOrAddFeed(liveEvent.ConversationId, FirstSeq(liveEvent));
        }

        feed.Offer(liveEvent, _ready);
        DispatchReady(feed);
        LookForGap(feed);
    }

    /// <summary>The seq to expect first when nothing but this event is known of a conversation; 0 when it does not tell.</summary>
    private static long FirstSeq(LiveEvent liveEvent) => liveEvent.Type == EventTypes.ConversationCreated ? 1 : liveEvent.Seq;

    /// <summary>Whether a loaded session is among the recipients; those that are still loading keep a note.</summary>
    private bool NoteRecipients(LiveEvent liveEvent)
    {
        var any = false;
        foreach (var userId in liveEvent.Recipients)
        {
            if (!_sessions.TryGetValue(userId, out var session))
            {
                continue;
            }

            if (session.IsLoaded)
            {
                any = true;
                continue;
            }

            var next = liveEvent.Seq > 0 ? liveEvent.Seq + 1 : FirstSeq(liveEvent);
            session.Note(new NamedWhileLoading(liveEvent.ConversationId!, next, liveEvent.RemovedUserId == userId, liveEvent.Recipients));
        }

        return any;
    }

    private void DispatchToUsers(LiveEvent liveEvent)
    {
        OnlineUser? user = null;
        if (liveEvent.Presence is { } change && (user = _presence.Note(change, liveEvent.Timestamp)) is null)
        {
            return;
        }

        OutgoingFrame? frame = null;
        foreach (var userId in liveEvent.Recipients)
        {
            if (userId != liveEvent.Except && _sessions.TryGetValue(userId, out var session) && session.IsLoaded && IsNews(session, user))
            {
                SendToAll(session, frame ??= OutgoingFrame.ForEvent(liveEvent));
            }
        }
    }

    /// <summary>Of presence a session hears what changes something for it, once.</summary>
    private static bool IsNews(UserSession session, OnlineUser? user) =>
        user is null || (user.HasGone ? session.Part(user) : session.Meet(user));

    /// <summary>Who shares a conversation from now on learns which of the others are online.</summary>
    private void IntroduceMembers(ConversationFeed feed, LiveEvent liveEvent)
    {
        foreach (var session in feed.Followers)
        {
            foreach (var user in _presence.Introduce(session, liveEvent.Recipients))
            {
                SendToAll(session, user.Frame());
            }
        }
    }

    private void SendToAll(UserSession session, OutgoingFrame frame)
    {
        foreach (var connection in session.Connections)
        {
            StartLater(connection, connection.Queue(frame));
        }
    }

    private void DispatchReady(ConversationFeed feed)
    {
        foreach (var liveEvent in _ready)
        {
            Dispatch(feed, liveEvent);
        }

        _ready.Clear();
    }

    private void Dispatch(ConversationFeed feed, LiveEvent liveEvent)
    {
        var everyFollowerIsNamed = liveEvent.Recipients.Count == 0 || FollowRecipients(feed, liveEvent) == feed.Followers.Count;
        feed.Deliver(liveEvent);
        if (RemoveUnfollowed(feed))
        {
            return;
        }

        var frame = OutgoingFrame.ForEvent(liveEvent);
        foreach (var session in feed.Followers)
        {
            if (!everyFollowerIsNamed && !liveEvent.Recipients.Contains(session.UserId))
            {
                // Joined later than this event, or was removed by one that got lost.
                OnDoubt(session, feed);
            }
            else if (session.UserId != liveEvent.Except)
            {
                foreach (var connection in session.Connections)
                {
                    StartLater(connection, connection.Stream.Deliver(feed, liveEvent.Seq, frame));
                }
            }
        }

        if (liveEvent.Type is EventTypes.ConversationCreated or EventTypes.MemberJoined)
        {
            IntroduceMembers(feed, liveEvent);
        }

        if (liveEvent.RemovedUserId is { } removed && _sessions.TryGetValue(removed, out var gone))
        {
            Unfollow(gone, feed);
        }
    }

    /// <summary>Sessions named for the first time begin to follow. Answers how many of the recipients have one here.</summary>
    private int FollowRecipients(ConversationFeed feed, LiveEvent liveEvent)
    {
        var local = 0;
        foreach (var userId in liveEvent.Recipients)
        {
            if (_sessions.TryGetValue(userId, out var session) && session.IsLoaded)
            {
                local++;
                if (!feed.Followers.Contains(session) && liveEvent.RemovedUserId != userId)
                {
                    Follow(session, feed);
                    if (liveEvent.Type != EventTypes.ConversationCreated)
                    {
                        OnJoined(session, feed);
                    }
                }
            }
        }

        return local;
    }

    private static void Follow(UserSession session, ConversationFeed feed)
    {
        if (!feed.Followers.Contains(session))
        {
            feed.Followers.Add(session);
            session.Feeds.Add(feed);
        }
    }

    private ConversationFeed GetOrAddFeed(string conversationId, long next)
    {
        if (!_feeds.TryGetValue(conversationId, out var feed))
        {
            _feeds.Add(conversationId, feed = new ConversationFeed(conversationId, next));
        }

        return feed;
    }

    /// <summary>A feed lives as long as somebody follows it; one that a newer feed has replaced is left alone.</summary>
    private bool RemoveUnfollowed(ConversationFeed feed)
    {
        if (feed.Followers.Count > 0)
        {
            return false;
        }

        if (_feeds.TryGetValue(feed.ConversationId, out var current) && current == feed)
        {
            _feeds.Remove(feed.ConversationId);
        }

        return true;
    }

    private void LookForGap(ConversationFeed feed)
    {
        if (feed.HasGap && !feed.IsHealing)
        {
            feed.IsHealing = true;
            OnGap(feed);
        }
    }

    private void StartLater(ChatConnection connection, bool startNeeded)
    {
        _metrics.Sent(1);
        if (startNeeded)
        {
            _startWriting.Add(connection);
        }
    }

    private void StartWriting()
    {
        foreach (var connection in _startWriting)
        {
            connection.StartWriting();
        }

        _startWriting.Clear();
    }
}
