namespace Chat4All.LoadTests.WebSockets;

/// <summary>Gets what <see cref="WebSocketConnection"/>s receive, on the loop's thread.</summary>
internal interface IFrameSink
{
    /// <summary>The handshake is done.</summary>
    void OnOpened(WebSocketConnection connection);

    /// <param name="connection">Who received it.</param>
    /// <param name="payload">The frame's payload, valid during this call only.</param>
    /// <param name="now">When it was received, a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</param>
    void OnText(WebSocketConnection connection, ReadOnlySpan<byte> payload, long now);

    void OnClosed(WebSocketConnection connection, string reason);
}
