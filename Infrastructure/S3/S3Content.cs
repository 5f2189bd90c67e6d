using System.Runtime.ExceptionServices;

namespace Chat4All.Infrastructure.S3;

/// <summary>
/// Gives content of known length, which can be read once, to the SDK, which asks for a length and a position. Remembers what the content threw, because the SDK wraps it in exceptions
/// of its own. While it waits for the content the call's time stands still: what is limited is how long the server takes.
/// </summary>
/// <param name="limit">Ends the call; starts over with each byte that came.</param>
internal sealed class S3Content(Stream content, long length, CancellationTokenSource limit, TimeSpan patience) : Stream
{
    private ExceptionDispatchInfo? _failure;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>Throws what the content threw.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            if (_read == length)
            {
                return 0;
            }

            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            var read = await content.ReadAsync(buffer[..(int)Math.Min(buffer.Length, length - _read)], cancellationToken);
            limit.CancelAfter(patience);
            _read += read;
            return read == 0 ? throw new EndOfStreamException($"The content has {_read} bytes, not {length}.") : read;
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // That the call was ended is no failure of the content's.
            _failure ??= ExceptionDispatchInfo.Capture(failure);
            throw;
        }
    }

    /// <summary>Reads past the last byte, so that content that checks itself at its end does so; longer content is refused.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (await content.ReadAsync(new byte[1], cancellationToken) != 0)
        {
            throw new InvalidDataException($"The content has more than {length} bytes.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
