using System.Net.Http.Headers;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>Files by their id, which stands for an address of five minutes: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media#retrieve-media-url.</summary>
internal sealed class WhatsAppMediaSource(MediaClient client, WhatsAppOptions options) : IMediaSource, IDisposable
{
    private readonly AuthenticationHeaderValue _authorization = new("Bearer", options.AccessToken);

    public string Channel => "whatsapp";

    public async Task<string?> FetchAsync(IncomingMedia media, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        var about = new Uri($"{options.BaseUrl.TrimEnd('/')}/{Uri.EscapeDataString(media.Reference)}?phone_number_id={options.PhoneNumberId}");
        var (url, type) = await client.AskAsync(
            about,
            _authorization,
            static answer => (new Uri(answer.GetProperty("url").GetString()!), answer.TryGetProperty("mime_type", out var mimeType) ? mimeType.GetString() : null),
            cancellationToken);
        return await client.DownloadAsync(url, _authorization, destination, maxBytes, cancellationToken) is var served && type is null ? served : type;
    }

    public void Dispose() => client.Dispose();
}
