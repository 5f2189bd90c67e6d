using System.Diagnostics;
using System.Net;
using Chat4All.LoadTests.Server;
using Chat4All.LoadTests.Sockets;
using Chat4All.LoadTests.WebSockets;

namespace Chat4All.LoadTests.Load;

/// <summary>An awaited event arrived at a socket.</summary>
internal delegate void MessageArrived(WebSocketConnection connection, ReadOnlySpan<byte> payload, long now);

/// <summary>
/// Many listening WebSockets. As work of a loop it opens them, a bounded number of handshakes at a time, and is over when every
/// one has been greeted by the server's first event. Frames are told apart by their first bytes; none is parsed as JSON.
/// </summary>
/// <param name="awaited">The events that count; the others are only counted as others.</param>
internal sealed class SocketGroup(EventLoop loop, EndPoint address, Uri server, IReadOnlyList<string> tokens, AwaitedEvent awaited) : ILoopWork, IFrameSink
{
    private const int HandshakesAtOnce = 64;

    /// <summary>The type stands before the data, so it must be among the first bytes.</summary>
    private const int TypeWithin = 128;

    private static readonly long OpenTimeout = 120 * Stopwatch.Frequency;

    private readonly List<WebSocketConnection> _connections = new(tokens.Count);
    private long _lastGreeting = Stopwatch.GetTimestamp();
    private int _greeted;

    /// <summary>What is done with awaited events; none: they are only counted.</summary>
    public MessageArrived? OnMessage { get; set; }

    public IReadOnlyList<WebSocketConnection> Connections => _connections;

    /// <summary>Sockets that the server has greeted.</summary>
    public int Greeted => _greeted;

    /// <summary>Awaited events that arrived, over all sockets.</summary>
    public long Messages { get; private set; }

    /// <summary>Other events that arrived.</summary>
    public long OtherEvents { get; private set; }

    /// <summary>Why sockets were refused or closed.</summary>
    public SortedDictionary<string, long> Closed { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens all of them, on the calling thread. Answers how many.</summary>
    /// <exception cref="ServerRefusedException">Not all were greeted.</exception>
    public int Open(CancellationToken cancellationToken)
    {
        loop.Run(this, cancellationToken);
        return _greeted == tokens.Count
            ? _greeted
            : throw new ServerRefusedException($"Only {_greeted} of {tokens.Count} sockets opened: {string.Join(", ", Closed.Keys)}");
    }

    /// <exception cref="TimeoutException">No socket was greeted for two minutes.</exception>
    public long? Advance(long now)
    {
        while (_connections.Count < tokens.Count && _connections.Count - _greeted - Closed.Values.Sum() < HandshakesAtOnce)
        {
            _connections.Add(new WebSocketConnection(loop, address, server, tokens[_connections.Count], this));
        }

        if (_greeted + Closed.Values.Sum() >= tokens.Count)
        {
            return null;
        }

        return now - _lastGreeting < OpenTimeout
            ? now + Stopwatch.Frequency
            : throw new TimeoutException($"{_greeted} of {tokens.Count} sockets were greeted.");
    }

    public void OnOpened(WebSocketConnection connection)
    {
    }

    public void OnText(WebSocketConnection connection, ReadOnlySpan<byte> payload, long now)
    {
        var start = payload[..Math.Min(payload.Length, TypeWithin)];
        if (start.IndexOf(awaited.Type) >= 0 && payload.IndexOf(awaited.Content) >= 0)
        {
            Messages++;
            connection.Messages++;
            OnMessage?.Invoke(connection, payload, now);
            return;
        }

        OtherEvents++;
        if (!connection.IsGreeted && start.IndexOf("\"connection.established\""u8) >= 0)
        {
            connection.IsGreeted = true;
            _greeted++;
            _lastGreeting = now;
        }
    }

    public void OnClosed(WebSocketConnection connection, string reason)
    {
        Closed[reason] = Closed.GetValueOrDefault(reason) + 1;
        if (connection.IsGreeted)
        {
            _greeted--;
        }
    }
}
