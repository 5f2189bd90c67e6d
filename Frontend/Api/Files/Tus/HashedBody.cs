using System.Security.Cryptography;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>A body that is hashed a second way as it is read.</summary>
internal sealed class HashedBody(Stream body, IncrementalHash hash) : ReadOnceStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..read]);
        return read;
    }
}
