using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files;

/// <summary>A body on its way into the object store: hashed as it passes, and refused when it is not exactly as long as it must be. Read once.</summary>
/// <param name="whole">Hash of the whole file up to here, continued by this piece; null where that is not known.</param>
internal sealed class MeasuredContent(Stream content, int length, IncrementalHash piece, IncrementalHash? whole) : Stream
{
    private int _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await content.ReadAsync(buffer, cancellationToken);
        if (read == 0 ? _read < length : read > length - _read)
        {
            throw ChatException.Invalid(ErrorCodes.WrongChunkLength, $"The body must have {length} bytes.");
        }

        var bytes = buffer.Span[..read];
        piece.AppendData(bytes);
        whole?.AppendData(bytes);
        _read += read;
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
