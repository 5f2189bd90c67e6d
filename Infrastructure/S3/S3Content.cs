using System.Runtime.ExceptionServices;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>
/// Gives content of known length, which can be read once, to the SDK, which asks for a length and a position. Remembers what the content threw, because the SDK wraps it in exceptions
/// of its own. While it waits for the content the call's time stands still: what is limited is how long the server takes.
/// </summary>
/// <param name="limit">Ends the call; starts over with each byte that came.</param>
internal sealed class S3Content(Stream content, long length, CancellationTokenSource limit, TimeSpan patience) : ReadOnceStream
{
    private ExceptionDispatchInfo? _failure;
    private long _read;

    public override long Length => length;

    public override long Position => _read;

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
}
