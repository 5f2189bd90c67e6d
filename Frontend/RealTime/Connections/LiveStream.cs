using System.Runtime.InteropServices;
using Chat4All.Frontend.RealTime.Routing;

namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>
/// Which of its user's events a connection gets, in which order. Normally all, at once; a connection that does something special pays for it with a dictionary. Belongs to the loop.
/// </summary>
internal sealed class LiveStream(ChatConnection connection)
{
    /// <summary>Events that wait for a resumption to begin; a busier connection goes live at once.</summary>
    private const int MaxWaiting = 256;

    private HashSet<string>? _unsubscribed;
    private Dictionary<ConversationFeed, long>? _since;
    private Dictionary<ConversationFeed, Replay>? _replays;
    private List<(ConversationFeed Feed, long Seq, OutgoingFrame Frame)>? _waiting;
    private bool _resuming;

    /// <summary>Events of conversations wait for a resumption to be asked for, until <see cref="EndWindow"/>.</summary>
    public void BeginWindow() => _waiting ??= [];

    /// <summary>Nothing was asked for in time.</summary>
    public void EndWindow()
    {
        if (!_resuming)
        {
            Release();
        }
    }

    /// <summary>A resumption was asked for: events of conversations wait until <see cref="Release"/>.</summary>
    public void Wait()
    {
        _waiting ??= [];
        _resuming = true;
    }

    /// <summary>What waited goes out, or to the replays that began meanwhile.</summary>
    public void Release()
    {
        var waiting = _waiting;
        (_waiting, _resuming) = (null, false);
        foreach (var (feed, seq, frame) in waiting ?? [])
        {
            if (Deliver(feed, seq, frame))
            {
                connection.StartWriting();
            }
        }
    }

    /// <summary>Takes an event of a followed conversation. True: somebody must call <see cref="ChatConnection.StartWriting"/>.</summary>
    public bool Deliver(ConversationFeed feed, long seq, OutgoingFrame frame)
    {
        if (_unsubscribed is not null && _unsubscribed.Contains(feed.ConversationId))
        {
            return false;
        }

        if (_waiting is not null)
        {
            _waiting.Add((feed, seq, frame));
            if (_waiting.Count > MaxWaiting)
            {
                Release();
            }

            return false;
        }

        if (_replays is not null && _replays.TryGetValue(feed, out var replay))
        {
            if (!replay.Hold(seq, frame))
            {
                connection.Close(CloseCode.TooSlow);
            }

            return false;
        }

        if (seq > 0)
        {
            ref var since = ref CollectionsMarshal.GetValueRefOrAddDefault(_since ??= [], feed, out var known);
            if (!known)
            {
                since = seq;
            }
            else if (seq < since)
            {
                // The client had it when it resumed, before this node did.
                return false;
            }
        }

        return connection.Queue(frame);
    }

    /// <summary>Stops a conversation's events.</summary>
    public void Unsubscribe(string conversationId) => (_unsubscribed ??= []).Add(conversationId);

    /// <summary>Lets a conversation's events through again, from now on.</summary>
    public void Subscribe(ConversationFeed feed)
    {
        if (_unsubscribed?.Remove(feed.ConversationId) == true)
        {
            _since?.Remove(feed);
        }
    }

    /// <summary>The seq from which on this connection has got every message; null when none yet.</summary>
    public long? LiveSince(ConversationFeed feed) => _since is not null && _since.TryGetValue(feed, out var since) ? since : null;

    /// <summary>Notes that the client has everything from a seq on.</summary>
    public void SetLiveSince(ConversationFeed feed, long seq) => (_since ??= [])[feed] = seq;

    /// <summary>From now on the conversation's events are held for a replay.</summary>
    public Replay Begin(ConversationFeed feed, long start)
    {
        var replay = new Replay(start);
        (_replays ??= [])[feed] = replay;
        return replay;
    }

    /// <summary>Whether the replay still is what the conversation's events are held for.</summary>
    public bool IsCurrent(ConversationFeed feed, Replay replay) =>
        _replays is not null && _replays.TryGetValue(feed, out var current) && current == replay;

    /// <summary>The replay has come as far as the live events: what was held goes out, and the rest is live.</summary>
    public void Finish(ConversationFeed feed, Replay replay)
    {
        if (!IsCurrent(feed, replay))
        {
            return;
        }

        _replays!.Remove(feed);

        // What waits for a resumption to be asked for has gone out with the replay, as far as that came.
        _waiting?.RemoveAll(waiting => waiting.Feed == feed && waiting.Seq > 0 && waiting.Seq <= replay.Position);
        SetLiveSince(feed, replay.Start + 1);
        foreach (var frame in replay.Rest())
        {
            connection.Send(frame);
        }
    }

    /// <summary>The user no longer follows the conversation; a replay under way still gives what came before that.</summary>
    public void Leave(ConversationFeed feed)
    {
        _since?.Remove(feed);
        if (_replays is not null && _replays.TryGetValue(feed, out var replay))
        {
            replay.EndsAt = feed.Delivered ?? 0;
        }
    }
}
