using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Unicode;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Frontend.RealTime.Protocol;

namespace Chat4All.Frontend.RealTime.WebSockets;

/// <summary>
/// A WebSocket (RFC 6455, server side, no extensions) straight on the transport's pipes: while idle it holds neither a buffer nor a task of its own but the one pending read.
/// </summary>
internal sealed class WebSocketConnection(
    IDuplexPipe pipe, Action abort, Caller caller, ClientFrames frames, RealTimeOptions options, RealTimeMetrics metrics, TimeProvider time)
    : ChatConnection(caller, options, metrics)
{
    /// <summary>Bytes handed to the transport at once.</summary>
    private const int FlushBytes = 64 * 1024;

    private MessageAssembly? _assembly;
    private bool _peerClosed;
    private bool _unreadable;

    public override string Transport => "websocket";

    /// <summary>Takes the client's frames until the connection is over.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (!_peerClosed)
            {
                var read = await pipe.Input.ReadAsync();
                if (!await TakeAsync(read))
                {
                    break;
                }
            }

            // What waits, the answer to the client's close frame included, still goes out.
            await WhenDrained();
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // The client or the network went away, or the server cut the connection.
        }
        finally
        {
            _assembly?.Dispose();
        }
    }

    public override void Abort() => abort();

    public override async ValueTask WriteAsync(List<OutgoingFrame> frames)
    {
        var unflushed = 0;
        foreach (var frame in frames)
        {
            pipe.Output.Write(frame.Bytes);
            unflushed += frame.Bytes.Length;

            // The pipe's copy is this socket's own memory, while what waits is shared: it takes more only when the client does.
            if (unflushed >= FlushBytes)
            {
                await FlushAsync();
                unflushed = 0;
            }
        }

        if (unflushed > 0)
        {
            await FlushAsync();
        }
    }

    public override void WritingEnded(Exception? fault)
    {
        // After a close frame the client has the last word, within the time that the sweep gives it.
        if (fault is not null)
        {
            abort();
        }
    }

    protected override OutgoingFrame LastFrame(CloseCode code)
    {
        Span<byte> payload = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return OutgoingFrame.ForControl((byte)Opcode.Close, payload);
    }

    private async ValueTask FlushAsync()
    {
        var flushed = await pipe.Output.FlushAsync();
        if (flushed.IsCompleted)
        {
            throw new IOException("The client has gone.");
        }
    }

    /// <summary>Takes what has been read; false when nothing more will come.</summary>
    private async ValueTask<bool> TakeAsync(ReadResult read)
    {
        var buffer = read.Buffer;
        try
        {
            while (!_peerClosed && !_unreadable && ReadHeader(buffer) is { } header && buffer.Length >= header.HeaderLength + header.PayloadLength)
            {
                Heard();
                await TakeAsync(header, buffer);
                buffer = buffer.Slice(header.HeaderLength + header.PayloadLength);
            }

            if (_unreadable)
            {
                buffer = buffer.Slice(buffer.End);
            }

            return !read.IsCompleted;
        }
        finally
        {
            pipe.Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The next frame's header. A client that breaks the protocol is told why; what else it sends is thrown away, so that it can read that.</summary>
    private FrameHeader? ReadHeader(in ReadOnlySequence<byte> buffer)
    {
        var header = FrameHeader.TryRead(buffer, _assembly?.Room ?? Options.MaxMessageBytes, out var violation);
        if (violation is { } code)
        {
            _unreadable = true;
            Close(code);
        }

        return header;
    }

    private ValueTask TakeAsync(FrameHeader header, ReadOnlySequence<byte> buffer)
    {
        if (header.Opcode is Opcode.Close or Opcode.Pong)
        {
            TakeControl(header, buffer);
        }
        else if (IsClosing)
        {
            // It only waits for the client's close frame.
        }
        else if (!CountFrame(time.GetUtcNow()))
        {
            Close(CloseCode.TooManyFrames);
        }
        else if (header.Opcode == Opcode.Ping)
        {
            TakeControl(header, buffer);
        }
        else
        {
            return TakeDataAsync(header, buffer);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask TakeDataAsync(FrameHeader header, ReadOnlySequence<byte> buffer)
    {
        _assembly ??= new MessageAssembly(Options.MaxMessageBytes);
        if (_assembly.Take(header, buffer, out var message) is { } violation)
        {
            Close(violation);
        }
        else if (message is { } text)
        {
            await frames.TakeAsync(this, text);
        }
        else
        {
            return;
        }

        _assembly.Dispose();
        _assembly = null;
    }

    private void TakeControl(FrameHeader header, in ReadOnlySequence<byte> buffer)
    {
        Span<byte> payload = stackalloc byte[header.PayloadLength];
        header.CopyPayload(buffer, payload);
        switch (header.Opcode)
        {
            case Opcode.Ping:
                Send(OutgoingFrame.ForControl((byte)Opcode.Pong, payload));
                break;
            case Opcode.Close:
                _peerClosed = true;
                Close(AnswerTo(payload));
                break;
            default:
                break;
        }
    }

    /// <summary>Section 7.4: the client's own code comes back, unless it must not be sent.</summary>
    private static CloseCode AnswerTo(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 0)
        {
            return CloseCode.Normal;
        }

        if (payload.Length == 1)
        {
            return CloseCode.ProtocolError;
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var maySend = code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
        return !maySend ? CloseCode.ProtocolError
            : !Utf8.IsValid(payload[2..]) ? CloseCode.InvalidData
            : (CloseCode)code;
    }
}
