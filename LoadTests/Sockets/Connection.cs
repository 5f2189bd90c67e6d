using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Chat4All.LoadTests.Sockets;

/// <summary>
/// A TCP connection of an <see cref="EventLoop"/>. It owns a buffer only while an answer is half read or a request half written,
/// so that ten thousand idle ones cost the generator next to nothing. Used by the loop's thread only.
/// </summary>
internal abstract class Connection : IDisposable
{
    private readonly EventLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private Rest _unread;
    private Rest _unsent;

    /// <summary>Connects (blocking: loopback needs no more) and joins the loop.</summary>
    /// <exception cref="SocketException">Nothing listens there.</exception>
    protected Connection(EventLoop loop, EndPoint address)
    {
        _loop = loop;
        _socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            _socket.Connect(address);
            _socket.Blocking = false;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
        IsOpen = true;
        loop.Add(this, _descriptor);
    }

    public bool IsOpen { get; private set; }

    /// <summary>Closes without telling anyone.</summary>
    public void Dispose()
    {
        if (IsOpen)
        {
            IsOpen = false;
            _loop.Forget(_descriptor);
            _socket.Dispose();
            _unread.Clear();
            _unsent.Clear();
        }
    }

    internal void Receive(byte[] buffer)
    {
        var length = _socket.Receive(buffer, SocketFlags.None, out var error);
        if (error is SocketError.WouldBlock or SocketError.Interrupted)
        {
            return;
        }

        if (error != SocketError.Success || length == 0)
        {
            Close(error == SocketError.Success ? "closed by the server" : error.ToString());
            return;
        }

        var now = Stopwatch.GetTimestamp();
        var received = _unread.Length == 0 ? buffer.AsSpan(0, length) : _unread.Append(buffer.AsSpan(0, length));
        var consumed = Consume(received, now);
        if (IsOpen)
        {
            _unread.Keep(received[consumed..]);
        }
    }

    internal void Flush()
    {
        var sent = _socket.Send(_unsent.Span, SocketFlags.None, out var error);
        if (error is not SocketError.Success and not SocketError.WouldBlock)
        {
            Close(error.ToString());
            return;
        }

        _unsent.Keep(_unsent.Span[sent..]);
        if (_unsent.Length == 0)
        {
            _loop.WatchWritable(_descriptor, false);
        }
    }

    /// <summary>Sends, or keeps a copy of what the socket doesn't take now. The caller may change the bytes afterwards.</summary>
    protected void Write(ReadOnlySpan<byte> bytes)
    {
        if (_unsent.Length > 0)
        {
            _unsent.Append(bytes);
            return;
        }

        var sent = _socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not SocketError.Success and not SocketError.WouldBlock)
        {
            Close(error.ToString());
        }
        else if (sent < bytes.Length)
        {
            _unsent.Append(bytes[sent..]);
            _loop.WatchWritable(_descriptor, true);
        }
    }

    /// <summary>Closes and says why to <see cref="OnClosed"/>; does nothing when it is closed already.</summary>
    protected void Close(string reason)
    {
        if (IsOpen)
        {
            Dispose();
            OnClosed(reason);
        }
    }

    /// <summary>Reads as many whole answers or frames as there are; answers how many bytes they took.</summary>
    protected abstract int Consume(ReadOnlySpan<byte> received, long now);

    protected abstract void OnClosed(string reason);

    /// <summary>Bytes that wait for more, in a pooled array that is given back when they are gone.</summary>
    private struct Rest
    {
        private byte[]? _bytes;

        public int Length { get; private set; }

        public readonly Span<byte> Span => _bytes.AsSpan(0, Length);

        public Span<byte> Append(ReadOnlySpan<byte> more)
        {
            if (_bytes is null || _bytes.Length < Length + more.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Length + more.Length);
                Span.CopyTo(larger);
                Return(_bytes);
                _bytes = larger;
            }

            more.CopyTo(_bytes.AsSpan(Length));
            Length += more.Length;
            return Span;
        }

        /// <summary>Makes <paramref name="rest"/>, which may be the tail of these very bytes, all that is kept.</summary>
        public void Keep(ReadOnlySpan<byte> rest)
        {
            if (rest.Length == 0)
            {
                Clear();
                return;
            }

            if (_bytes is null || _bytes.Length < rest.Length)
            {
                Clear();
                _bytes = ArrayPool<byte>.Shared.Rent(rest.Length);
            }

            rest.CopyTo(_bytes);
            Length = rest.Length;
        }

        public void Clear()
        {
            Return(_bytes);
            _bytes = null;
            Length = 0;
        }

        private static void Return(byte[]? bytes)
        {
            if (bytes is not null)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }
}
