using System.Net;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>A file as a part of a request, streamed, with its length known before.</summary>
internal sealed class FileContent(Stream content, long size) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var left = size;
        while (left > 0)
        {
            var read = await ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            left -= read;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new MediaUnreadableException(null);
        }
        catch (Exception storeAway) when (storeAway is IOException or HttpRequestException)
        {
            throw new MediaUnreadableException(storeAway);
        }
    }
}

/// <summary>A file could not be read to its end: not the platform's fault, and the request is not whole.</summary>
internal sealed class MediaUnreadableException(Exception? inner) : Exception("A file could not be read to its end.", inner);
