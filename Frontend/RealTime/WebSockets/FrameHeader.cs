using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>RFC 6455 section 5.2.</summary>
internal enum Opcode : byte
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>The header of a client's frame.</summary>
internal readonly record struct FrameHeader(bool Final, Opcode Opcode, uint Mask, int HeaderLength, int PayloadLength)
{
    private const int MaxControlPayload = 125;
    private const int MaxHeader = 14;

    /// <summary>Reads a header from the start of the buffer.</summary>
    /// <param name="maxPayload">More is <see cref="CloseCode.MessageTooBig"/>, found out before any of it is read.</param>
    /// <returns>Null: the bytes do not suffice, or <paramref name="violation"/> says what is wrong with them.</returns>
    public static FrameHeader? TryRead(in ReadOnlySequence<byte> buffer, int maxPayload, out CloseCode? violation)
    {
        violation = null;
        Span<byte> copy = stackalloc byte[MaxHeader];
        var available = (int)Math.Min(buffer.Length, MaxHeader);
        buffer.Slice(0, available).CopyTo(copy);
        var bytes = copy[..available];
        if (bytes.Length < 2)
        {
            return null;
        }

        var (first, second) = (bytes[0], bytes[1]);
        var (final, opcode, shortLength) = ((first & 0x80) != 0, (Opcode)(first & 0x0f), second & 0x7f);
        var isControl = opcode >= Opcode.Close;
        if ((first & 0x70) != 0 || (second & 0x80) == 0 || !Enum.IsDefined(opcode) || (isControl && (!final || shortLength > MaxControlPayload)))
        {
            // Reserved bits, no mask, an unknown opcode, a control frame that is split or long.
            violation = CloseCode.ProtocolError;
            return null;
        }

        var lengthBytes = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        var headerLength = 2 + lengthBytes + sizeof(uint);
        if (bytes.Length < headerLength)
        {
            return null;
        }

        var length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)shortLength,
        };
        var shortest = lengthBytes switch { 2 => 126UL, 8 => 65_536UL, _ => 0UL };
        if (length < shortest || length > long.MaxValue)
        {
            violation = CloseCode.ProtocolError;
            return null;
        }

        if (length > (ulong)maxPayload)
        {
            violation = CloseCode.MessageTooBig;
            return null;
        }

        var mask = MemoryMarshal.Read<uint>(bytes[(headerLength - sizeof(uint))..]);
        return new FrameHeader(final, opcode, mask, headerLength, (int)length);
    }

    /// <summary>Copies a frame's payload and takes its mask off.</summary>
    public void CopyPayload(in ReadOnlySequence<byte> buffer, Span<byte> destination)
    {
        destination = destination[..PayloadLength];
        buffer.Slice(HeaderLength, PayloadLength).CopyTo(destination);
        var words = MemoryMarshal.Cast<byte, ulong>(destination);
        var mask = Mask | ((ulong)Mask << 32);
        foreach (ref var word in words)
        {
            word ^= mask;
        }

        for (var i = words.Length * sizeof(ulong); i < destination.Length; i++)
        {
            destination[i] ^= (byte)(mask >> (8 * (i % sizeof(ulong))));
        }
    }
}
