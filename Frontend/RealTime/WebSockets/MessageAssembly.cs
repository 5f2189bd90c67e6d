using System.Buffers;
using System.Text.Unicode;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>Puts a client's text messages together from their frames; holds a buffer only while one is incomplete. Dispose to give it back.</summary>
internal sealed class MessageAssembly(int maxBytes) : IDisposable
{
    private byte[]? _partial;
    private int _length;

    /// <summary>Bytes that the next frame of the message may have.</summary>
    public int Room => maxBytes - _length;

    /// <summary>Takes a data frame's payload. Answers what is wrong with it, or null.</summary>
    /// <param name="message">The whole message, valid until the next call, when the frame was its last; else null.</param>
    public CloseCode? Take(FrameHeader header, in ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte>? message)
    {
        message = null;
        if (header.Opcode == Opcode.Binary)
        {
            return CloseCode.UnsupportedData;
        }

        if ((header.Opcode == Opcode.Continuation) != IsOpen)
        {
            return CloseCode.ProtocolError;
        }

        Reserve(header.PayloadLength);
        header.CopyPayload(buffer, _partial.AsSpan(_length));
        _length += header.PayloadLength;
        if (!header.Final)
        {
            IsOpen = true;
            return null;
        }

        message = _partial.AsMemory(0, _length);
        return Utf8.IsValid(message.Value.Span) ? null : CloseCode.InvalidData;
    }

    /// <summary>Forgets the message that was complete.</summary>
    public void Clear() => Dispose();

    public void Dispose()
    {
        if (_partial is not null)
        {
            ArrayPool<byte>.Shared.Return(_partial);
        }

        (_partial, _length, IsOpen) = (null, 0, false);
    }

    private bool IsOpen { get; set; }

    private void Reserve(int more)
    {
        if (_partial is not null && _partial.Length >= _length + more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, Math.Min(_length * 2, maxBytes)));
        _partial.AsSpan(0, _length).CopyTo(larger);
        if (_partial is not null)
        {
            ArrayPool<byte>.Shared.Return(_partial);
        }

        _partial = larger;
    }
}
