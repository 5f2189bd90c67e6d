using System.Buffers.Text;
using System.Text;

namespace Chat4All.LoadTests.Http;

/// <summary>
/// Where one HTTP/1.1 answer lies in the received bytes. Understands what a server under test sends to this client: a status line,
/// <c>Content-Length</c> or <c>Transfer-Encoding: chunked</c> (RFC 9112 sections 4, 6 and 7.1), nothing else.
/// </summary>
/// <param name="Status">The status code.</param>
/// <param name="HeadLength">Bytes up to the empty line, inclusive.</param>
/// <param name="TotalLength">Bytes of the whole answer.</param>
/// <param name="IsChunked">The bytes after the head carry chunk sizes.</param>
/// <param name="IsLast">The server closes the connection after it.</param>
internal readonly record struct HttpResponse(int Status, int HeadLength, int TotalLength, bool IsChunked, bool IsLast)
{
    private static ReadOnlySpan<byte> EmptyLine => "\r\n\r\n"u8;

    /// <summary>Finds one whole answer at the start of <paramref name="received"/>; false when some of it has yet to come.</summary>
    /// <exception cref="FormatException">These bytes are not an HTTP/1.1 answer.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out HttpResponse response)
    {
        response = default;
        var headEnd = received.IndexOf(EmptyLine);
        if (headEnd < 0)
        {
            return false;
        }

        var head = received[..headEnd];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new FormatException("The server's answer is not HTTP/1.1.");
        }

        var headLength = headEnd + EmptyLine.Length;
        var fields = Fields.Read(head);
        var bodyLength = fields.IsChunked ? ChunkedLength(received[headLength..]) : HasNoBody(status) ? 0 : fields.ContentLength;
        if (bodyLength < 0 || received.Length < headLength + bodyLength)
        {
            return false;
        }

        response = new HttpResponse(status, headLength, headLength + bodyLength, fields.IsChunked, fields.IsClose);
        return true;
    }

    /// <summary>The body without chunk sizes; copied only when it came in chunks.</summary>
    /// <param name="received">The bytes that <see cref="TryRead"/> was given.</param>
    public ReadOnlySpan<byte> Body(ReadOnlySpan<byte> received)
    {
        var raw = received[HeadLength..TotalLength];
        if (!IsChunked)
        {
            return raw;
        }

        var body = new byte[raw.Length];
        var length = 0;
        while (ReadChunk(raw, out var data, out var next) && data.Length > 0)
        {
            raw.Slice(data.Start, data.Length).CopyTo(body.AsSpan(length));
            length += data.Length;
            raw = raw[next..];
        }

        return body.AsSpan(0, length);
    }

    private static bool HasNoBody(int status) => status is < 200 or 204 or 304;

    private static int ChunkedLength(ReadOnlySpan<byte> body)
    {
        var total = 0;
        while (ReadChunk(body[total..], out var data, out var next))
        {
            total += next;
            if (data.Length == 0)
            {
                return total;
            }
        }

        return -1;
    }

    private static bool ReadChunk(ReadOnlySpan<byte> bytes, out (int Start, int Length) data, out int next)
    {
        data = default;
        next = 0;
        var lineEnd = bytes.IndexOf("\r\n"u8);
        if (lineEnd < 0)
        {
            return false;
        }

        if (!Utf8Parser.TryParse(bytes[..lineEnd], out int length, out _, 'x'))
        {
            throw new FormatException("The server's answer has a chunk without a size.");
        }

        data = (lineEnd + 2, length);
        next = data.Start + length + 2;
        return next <= bytes.Length;
    }

    private readonly record struct Fields(int ContentLength, bool IsChunked, bool IsClose)
    {
        public static Fields Read(ReadOnlySpan<byte> head)
        {
            var contentLength = 0;
            bool chunked = false, close = false;
            foreach (var range in head.Split("\r\n"u8))
            {
                var line = head[range];
                if (Value(line, "Content-Length:"u8) is { IsEmpty: false } length)
                {
                    _ = Utf8Parser.TryParse(length, out contentLength, out _);
                }
                else if (Value(line, "Transfer-Encoding:"u8) is { IsEmpty: false } encoding)
                {
                    chunked = Ascii.EqualsIgnoreCase(encoding, "chunked"u8);
                }
                else if (Value(line, "Connection:"u8) is { IsEmpty: false } connection)
                {
                    close = Ascii.EqualsIgnoreCase(connection, "close"u8);
                }
            }

            return new Fields(contentLength, chunked, close);
        }

        private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
            line.Length > name.Length && line[name.Length - 1] == (byte)':' && Ascii.EqualsIgnoreCase(line[..name.Length], name)
                ? line[name.Length..].Trim((byte)' ')
                : default;
    }
}
