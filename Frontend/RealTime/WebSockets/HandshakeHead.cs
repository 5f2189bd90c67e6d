using System.Buffers;
using System.Diagnostics;
using System.Text;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>The head of an HTTP/1.1 request <c>GET /ws</c>, read as strictly as possible: anything unusual about it is for the real HTTP parser.</summary>
internal sealed class HandshakeHead
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _query;

    private HandshakeHead(string query, int length) => (_query, Length) = (query, length);

    /// <summary>Bytes, the empty line included.</summary>
    public int Length { get; }

    /// <summary>Whether a proxy says that it speaks for somebody else.</summary>
    public bool IsForwarded => _headers.ContainsKey("X-Forwarded-For") || _headers.ContainsKey("Forwarded");

    /// <summary>The client's request id if it is a valid one, else a new one.</summary>
    public string RequestId => Header("X-Request-Id") is { } id && Ids.IsValid(id) ? id : Guid.NewGuid().ToString("N");

    /// <summary>A span of our own in the client's trace, or in a new one.</summary>
    public string TraceParent
    {
        get
        {
            var trace = ActivityContext.TryParse(Header("traceparent"), null, out var parent) ? parent.TraceId : ActivityTraceId.CreateRandom();
            return $"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00";
        }
    }

    /// <summary>Reads a head. Null: more bytes are needed; false: it is not one of ours.</summary>
    public static bool? TryRead(in ReadOnlySequence<byte> buffer, int maxBytes, out HandshakeHead? head)
    {
        head = null;
        var start = "GET /ws"u8;
        Span<byte> copy = stackalloc byte[start.Length + 1];
        var available = copy[..(int)Math.Min(buffer.Length, copy.Length)];
        buffer.Slice(0, available.Length).CopyTo(available);
        var common = available[..Math.Min(available.Length, start.Length)];
        if (!start.StartsWith(common) || (available.Length == copy.Length && available[^1] is not ((byte)'?' or (byte)' ')))
        {
            return false;
        }

        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> text, "\r\n\r\n"u8))
        {
            return buffer.Length > maxBytes ? false : null;
        }

        if (reader.Consumed > maxBytes)
        {
            return false;
        }

        head = Parse(Encoding.Latin1.GetString(text), (int)reader.Consumed);
        return head is not null;
    }

    /// <summary>The WebSocket handshake in it, or null.</summary>
    public SocketRequest? ToRequest() => SocketRequest.From(_query, Header);

    private static HandshakeHead? Parse(string text, int length)
    {
        var lines = text.Split("\r\n");
        if (lines[0].Split(' ') is not ["GET", var target, "HTTP/1.1"] || target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return null;
        }

        var head = new HandshakeHead(target["/ws".Length..], length);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t') || line.AsSpan().ContainsAnyExceptInRange(' ', '~') || !head._headers.TryAdd(line[..colon], line[(colon + 1)..].Trim(' ')))
            {
                return null;
            }
        }

        // A request with a body is no handshake.
        return head._headers.ContainsKey("Host") && !head._headers.ContainsKey("Content-Length") && !head._headers.ContainsKey("Transfer-Encoding") ? head : null;
    }

    private string Header(string name) => _headers.GetValueOrDefault(name, "");
}
