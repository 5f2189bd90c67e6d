using System.Buffers.Binary;

namespace Chat4All.LoadTests.WebSockets;

/// <summary>The head of a WebSocket frame from a server (RFC 6455 section 5.2): never masked.</summary>
/// <param name="Opcode">1 text, 2 binary, 0 continuation, 8 close, 9 ping, 10 pong.</param>
/// <param name="HeaderLength">2, 4 or 10 bytes.</param>
/// <param name="PayloadLength">Bytes after the header.</param>
internal readonly record struct FrameHeader(int Opcode, int HeaderLength, int PayloadLength)
{
    public const int Text = 1;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>Longer frames are refused: the server has no reason to send them.</summary>
    public const int MaximumPayload = 16 * 1024 * 1024;

    /// <summary>Reads a header; false when some of it has yet to come.</summary>
    /// <exception cref="FormatException">The frame is masked or longer than <see cref="MaximumPayload"/>.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return false;
        }

        var shortLength = bytes[1];
        var headerLength = shortLength switch { < 126 => 2, 126 => 4, 127 => 10, _ => throw new FormatException("The server sent a masked frame.") };
        if (bytes.Length < headerLength)
        {
            return false;
        }

        var payload = headerLength switch
        {
            2 => shortLength,
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
        };
        if (payload > MaximumPayload)
        {
            throw new FormatException($"The server sent a frame of {payload} bytes.");
        }

        header = new FrameHeader(bytes[0] & 0x0F, headerLength, (int)payload);
        return true;
    }

    /// <summary>Writes a control frame as a client must: masked. The mask is zero, because nothing between us and loopback needs protecting.</summary>
    /// <returns>How many bytes of <paramref name="destination"/> (at least 131) it took.</returns>
    public static int WriteControl(Span<byte> destination, int opcode, ReadOnlySpan<byte> payload)
    {
        destination[0] = (byte)(0x80 | opcode);
        destination[1] = (byte)(0x80 | payload.Length);
        destination.Slice(2, 4).Clear();
        payload.CopyTo(destination[6..]);
        return 6 + payload.Length;
    }
}
