using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json;

namespace Chat4All.Tests.Hosting;

/// <summary>A WebSocket at <c>/ws</c> that keeps every event it got, in order.</summary>
public sealed class HubSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end = new();
    private ImmutableList<JsonElement> _events = [];
    private Task _reading = Task.CompletedTask;

    private HubSocket()
    {
    }

    /// <summary>Every event so far; the first is <c>connection.established</c>.</summary>
    public IReadOnlyList<JsonElement> Events => _events;

    /// <summary>Whether the connection is over, closed by whomever or broken.</summary>
    public bool IsOver => _reading.IsCompleted;

    /// <summary>The server's close code, or null while open or when it broke without one.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>Opens the socket and waits for <c>connection.established</c>.</summary>
    /// <param name="server">Base address.</param>
    /// <param name="accessToken">A JWT.</param>
    /// <param name="query">Further query parameters, each with its <c>&amp;</c>.</param>
    public static async Task<HubSocket> OpenAsync(Uri server, string accessToken, string query = "")
    {
        var socket = new HubSocket();
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/ws", Query = "token=" + Uri.EscapeDataString(accessToken) + query };
        await socket._socket.ConnectAsync(address.Uri, CancellationToken.None);
        socket._reading = socket.ReadAsync();
        await socket.WaitForAsync("connection.established", e => TypeOf(e) == "connection.established");
        return socket;
    }

    /// <summary>The event's <c>type</c>.</summary>
    public static string? TypeOf(JsonElement e) => e.TryGetProperty("type", out var type) ? type.GetString() : null;

    /// <summary>Sends one frame.</summary>
    public Task SendAsync(object frame) =>
        _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame), WebSocketMessageType.Text, endOfMessage: true, _end.Token);

    /// <summary>The first event, old or to come, that fits.</summary>
    /// <exception cref="TimeoutException">None came, or the connection ended before.</exception>
    public async Task<JsonElement> WaitForAsync(string what, Func<JsonElement, bool> fits, TimeSpan? deadline = null)
    {
        await Eventually.HoldsAsync(what, () => IsOver || _events.Any(fits), deadline);
        return _events.FirstOrDefault(fits) is { ValueKind: not JsonValueKind.Undefined } found
            ? found
            : throw new TimeoutException($"{what}: the connection ended before it came.");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _socket.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, _end.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Keep(message);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The server was killed or the test is over: what came so far stays readable.
        }
    }

    private void Keep(MemoryStream message)
    {
        using var document = JsonDocument.Parse(message.ToArray());
        _events = _events.Add(document.RootElement.Clone());
        message.SetLength(0);
    }
}
