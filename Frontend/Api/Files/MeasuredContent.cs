using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api.Files;

/// <summary>A body on its way into the object store: hashed as it passes, and refused when it is not exactly as long as it must be. Read once.</summary>
/// <param name="whole">Hash of the whole file up to here, continued by this piece; null where that is not known.</param>
internal sealed class MeasuredContent(Stream content, int length, IncrementalHash piece, IncrementalHash? whole) : ReadOnceStream
{
    private int _read;

    public override long Length => length;

    public override long Position => _read;

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
}
