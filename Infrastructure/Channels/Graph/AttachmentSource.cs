using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Graph;

/// <summary>Messenger's and Instagram's attachments, whose addresses stand in the webhook call and need no token.</summary>
internal sealed class AttachmentSource(string channel, MediaClient client) : IMediaSource, IDisposable
{
    public string Channel => channel;

    public Task<string?> FetchAsync(IncomingMedia media, Stream destination, long maxBytes, CancellationToken cancellationToken) =>
        Uri.TryCreate(media.Reference, UriKind.Absolute, out var address)
            ? client.DownloadAsync(address, authorization: null, destination, maxBytes, cancellationToken)
            : throw new MediaRefusedException("media_not_found");

    public void Dispose() => client.Dispose();
}
