using Chat4All.Grains.Ports;
using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Files;

/// <summary>A part of a file, read from its start to its end once.</summary>
internal sealed class FileRange(SafeFileHandle file, long start, long length) : ReadOnceStream
{
    private long _left = length;
    private long _at = start;

    public override long Length { get; } = length;

    public override long Position => Length - _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await RandomAccess.ReadAsync(file, buffer[..(int)Math.Min(buffer.Length, _left)], _at, cancellationToken);
            _at += read;
            _left -= read;
            return read;
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            throw translated;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, _left)], _at);
        _at += read;
        _left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
