using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Users;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>Opens and ends connections: limits, the first look into the store, revocation.</summary>
internal sealed partial class Sessions : IDisposable
{
    private readonly Switchboard _switchboard;
    private readonly EventLoop _loop;
    private readonly IConversationReader _reader;
    private readonly PresenceReporter _presence;
    private readonly RealTimeOptions _options;
    private readonly RealTimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<Sessions> _logger;
    private readonly DeadlineQueue<ChatConnection> _windows;
    private bool _stopping;

    public Sessions(
        Switchboard switchboard,
        EventLoop loop,
        IConversationReader reader,
        PresenceReporter presence,
        RealTimeOptions options,
        RealTimeMetrics metrics,
        TimeProvider time,
        ILogger<Sessions> logger)
    {
        (_switchboard, _loop, _reader, _presence, _options, _metrics, _time, _logger) = (switchboard, loop, reader, presence, options, metrics, time, logger);
        _windows = new DeadlineQueue<ChatConnection>(loop, time, options.ResumeWindow, static connection => connection.Stream.EndWindow());
    }

    /// <summary>
    /// Opens a connection: when this answers null, <c>connection.established</c> and who is online are on their way and everything committed from then on will follow.
    /// Otherwise it was refused with this code.
    /// </summary>
    public async Task<CloseCode?> OpenAsync(ChatConnection connection) => await await _loop.Run(() => Open(connection));

    /// <summary>Ends a connection that was opened.</summary>
    public void End(ChatConnection connection) => _loop.Post(() => Remove(connection));

    /// <summary>Closes what a revocation ends.</summary>
    public void Revoke(Revocation revocation) =>
        _loop.Post(() =>
        {
            foreach (var connection in All())
            {
                if (revocation.Concerns(connection.Caller))
                {
                    connection.Close(CloseCode.Unauthorized);
                }
            }
        });

    /// <summary>Opens no more connections and closes those there are; answers how many.</summary>
    public Task<int> CloseAllAsync() =>
        _loop.Run(() =>
        {
            _stopping = true;
            var connections = All().ToList();
            connections.ForEach(static connection => connection.Close(CloseCode.GoingAway));
            return connections.Count;
        });

    /// <summary>Every connection; in the loop only.</summary>
    public IEnumerable<ChatConnection> All() => _switchboard.Sessions.Values.SelectMany(static session => session.Connections);

    public void Dispose() => _windows.Dispose();

    private Task<CloseCode?> Open(ChatConnection connection)
    {
        if (_stopping)
        {
            return Task.FromResult<CloseCode?>(CloseCode.GoingAway);
        }

        var session = _switchboard.Open(connection.Caller.UserId);
        if (session.Connections.Count >= _options.MaxConnectionsPerUser)
        {
            return Task.FromResult<CloseCode?>(CloseCode.TooManyConnections);
        }

        session.Connections.Add(connection);
        connection.Session = session;
        _metrics.Opened(connection);
        if (session.Connections.Count == 1)
        {
            _presence.Changed(session.UserId);
        }

        if (session.IsLoaded)
        {
            Establish(connection);
            return Task.FromResult<CloseCode?>(null);
        }

        if (session.Loading is null)
        {
            session.Loading = new TaskCompletionSource<CloseCode?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = LoadAsync(session);
        }

        return session.Loading.Task;
    }

    private async Task LoadAsync(UserSession session)
    {
        try
        {
            // The session is known to the switchboard already: an event that the answer does not hold yet will be noted.
            var heads = await _reader.ListHeadsAsync(session.UserId, CancellationToken.None);
            var contacts = await _reader.ListContactsAsync(session.UserId, PresenceLimits.MaxContacts, CancellationToken.None);
            _loop.Post(() => Loaded(session, heads, contacts));
        }
        catch (Exception failed)
        {
            LogLoadFailed(_logger, failed);
            _loop.Post(() => LoadFailed(session));
        }
    }

    private void Loaded(UserSession session, IReadOnlyList<ConversationHead> heads, IReadOnlyList<string> contacts)
    {
        if (session.Connections.Count > 0)
        {
            _switchboard.Load(session, heads, contacts);
            session.Connections.ForEach(Establish);
        }

        session.Loading!.SetResult(null);
        session.Loading = null;
    }

    private void LoadFailed(UserSession session)
    {
        foreach (var connection in session.Connections.ToArray())
        {
            Remove(connection);
        }

        session.Loading!.SetResult(CloseCode.TryAgainLater);
        session.Loading = null;
    }

    private void Establish(ChatConnection connection)
    {
        connection.Send(ControlFrames.Established(connection.Caller.UserId, _options.NodeName, _time.GetUtcNow()));
        foreach (var user in connection.Session!.Met)
        {
            connection.Send(user.Frame());
        }

        if (_options.ResumeWindowMilliseconds > 0)
        {
            connection.Stream.BeginWindow();
            _windows.Add(connection);
        }
    }

    private void Remove(ChatConnection connection)
    {
        if (connection.Session is { } session)
        {
            connection.Session = null;
            session.Connections.Remove(connection);
            _metrics.Ended(connection);
            if (session.Connections.Count == 0)
            {
                _switchboard.Close(session);
                _presence.Changed(session.UserId);
            }
        }
    }

    [LoggerMessage(3103, LogLevel.Warning, "A user's conversations could not be read; its connections are closed with 1013")]
    private static partial void LogLoadFailed(ILogger logger, Exception failed);
}
