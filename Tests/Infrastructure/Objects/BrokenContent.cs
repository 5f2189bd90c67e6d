using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Infrastructure.Objects;

/// <summary>Content whose source fails, or does something else, behind so many bytes.</summary>
internal sealed class BrokenContent(int good, Exception? failure, Action? then = null) : ReadOnceStream
{
    private int _left = good;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        if (_left == 0)
        {
            then?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            return failure is null ? 0 : throw failure;
        }

        var read = Math.Min(_left, buffer.Length);
        buffer.Span[..read].Clear();
        _left -= read;
        return read;
    }
}
