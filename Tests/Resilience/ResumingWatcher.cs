using System.Net.WebSockets;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

/// <summary>
/// A client that opens a socket again whenever it breaks and resumes each conversation from the last seq it saw. What comes before
/// the server says <c>resumed</c> it puts in order itself, because live events may overtake a client that is slow to ask.
/// </summary>
internal sealed class ResumingWatcher(Uri server, HubClient user, IReadOnlyList<string> conversations)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, long> _last = conversations.ToDictionary(id => id, _ => 0L);
    private readonly Dictionary<string, List<long>> _resuming = [];
    private readonly List<string> _breaches = [];
    private int _seen;

    /// <summary>What broke the promise "every message once, in order"; empty when it was kept.</summary>
    public IReadOnlyList<string> Breaches => _breaches;

    /// <summary>Messages seen.</summary>
    public int Seen => Volatile.Read(ref _seen);

    /// <summary>Sockets opened.</summary>
    public int Connections { get; private set; }

    /// <summary>The last seq seen of each conversation.</summary>
    public IReadOnlyDictionary<string, long> LastSeq => _last;

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(cancellationToken);
            }
            catch (WebSocketException)
            {
                // The server was killed, or is not there yet.
                await Task.Delay(Pause, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(server) { Scheme = "ws", Path = "/ws", Query = "token=" + Uri.EscapeDataString(user.AccessToken) };
        await socket.ConnectAsync(address.Uri, cancellationToken);
        Connections++;
        _resuming.Clear();
        foreach (var conversation in conversations)
        {
            _resuming[conversation] = [];
        }

        var resume = JsonSerializer.SerializeToUtf8Bytes(new { type = "resume", @ref = "r", data = new { conversations = _last } });
        await socket.SendAsync(resume, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (socket.State == WebSocketState.Open)
        {
            var part = await socket.ReceiveAsync(buffer, cancellationToken);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage && part.MessageType == WebSocketMessageType.Text)
            {
                Take(message);
            }
        }
    }

    private void Take(MemoryStream message)
    {
        using var frame = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
        message.SetLength(0);
        switch (HubSocket.TypeOf(frame.RootElement))
        {
            case "message.created":
                var data = frame.RootElement.GetProperty("data");
                See(data.GetProperty("conversation_id").GetString()!, data.GetProperty("seq").GetInt64());
                break;
            case "resumed":
                Resumed(frame.RootElement.GetProperty("data").GetProperty("conversation_id").GetString()!);
                break;
            case "error":
                _breaches.Add(frame.RootElement.GetRawText());
                break;
        }
    }

    private void See(string conversation, long seq)
    {
        if (_resuming.TryGetValue(conversation, out var early))
        {
            early.Add(seq);
            return;
        }

        if (seq != _last[conversation] + 1)
        {
            _breaches.Add($"{conversation}: {seq} after {_last[conversation]} on connection {Connections}");
        }

        _last[conversation] = seq;
        Interlocked.Increment(ref _seen);
    }

    private void Resumed(string conversation)
    {
        if (_resuming.Remove(conversation, out var early))
        {
            early.Sort();
            early.ForEach(seq => See(conversation, seq));
        }
    }
}
