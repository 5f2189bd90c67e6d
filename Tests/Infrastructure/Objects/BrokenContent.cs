namespace Chat4All.Tests.Infrastructure.Objects;

/// <summary>Content whose source fails, or does something else, behind so many bytes.</summary>
internal sealed class BrokenContent(int good, Exception? failure, Action? then = null) : Stream
{
    private int _left = good;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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
