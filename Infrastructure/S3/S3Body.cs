using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>An object on its way from the server. The SDK limits no read: a server that falls silent halfway would hold its reader for ever.</summary>
internal sealed class S3Body(Stream body, TimeSpan patience) : ReadOnceStream
{
    public override long Length => body.Length;

    public override long Position => body.Position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await body.ReadAsync(buffer, limit.Token);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreUnavailableException("The object store broke off.", failure);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
