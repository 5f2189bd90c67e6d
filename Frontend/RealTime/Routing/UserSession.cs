using Chat4All.Frontend.RealTime.Connections;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>A user with at least one connection to this node: the conversations it follows, shared by its connections. Belongs to the loop.</summary>
internal sealed class UserSession(string userId)
{
    private List<NamedWhileLoading>? _named;
    private HashSet<OnlineUser>? _met;

    public string UserId => userId;

    public List<ChatConnection> Connections { get; } = new(1);

    public List<ConversationFeed> Feeds { get; private set; } = [];

    /// <summary>Whether the user's conversations have been read from the store.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Completed by the load: null when it succeeded, else the code to close with.</summary>
    public TaskCompletionSource<CloseCode?>? Loading { get; set; }

    /// <summary>Those whom its connections have been told to be online, and a new one is to be told first.</summary>
    public IEnumerable<OnlineUser> Met => _met?.Where(static user => !user.HasGone) ?? [];

    /// <summary>Somebody is online; false when that is known.</summary>
    public bool Meet(OnlineUser user) => (_met ??= []).Add(user);

    /// <summary>Somebody went offline; false when that changes nothing for this session.</summary>
    public bool Part(OnlineUser user) => _met?.Remove(user) == true;

    /// <summary>Notes an event that names the user while the store is being asked: it may be newer than the answer.</summary>
    public void Note(NamedWhileLoading named) => (_named ??= []).Add(named);

    /// <summary>The conversations are known now; answers what was noted meanwhile.</summary>
    public IReadOnlyList<NamedWhileLoading> Load(int expected)
    {
        IsLoaded = true;
        Feeds = new List<ConversationFeed>(expected);
        IReadOnlyList<NamedWhileLoading> named = _named ?? [];
        _named = null;
        return named;
    }
}

/// <summary>An event about a conversation that named a user whose conversations were still being read.</summary>
/// <param name="Next">The seq that follows the event's; 0 when that is not known.</param>
/// <param name="Removed">Whether the event removed the user.</param>
/// <param name="Members">Everybody whom it named.</param>
internal readonly record struct NamedWhileLoading(string ConversationId, long Next, bool Removed, IReadOnlyList<string> Members);
