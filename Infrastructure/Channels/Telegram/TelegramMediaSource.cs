using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Telegram;

/// <summary>Files by their id, of which bots get those up to 20 MB: https://core.telegram.org/bots/api#getfile. The token is part of both paths, which therefore are never logged.</summary>
internal sealed class TelegramMediaSource(MediaClient client, TelegramOptions options) : IMediaSource, IDisposable
{
    private readonly string _base = options.BaseUrl.TrimEnd('/');

    public string Channel => "telegram";

    public async Task<string?> FetchAsync(IncomingMedia media, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        var path = await client.AskAsync(
            new Uri($"{_base}/bot{options.BotToken}/getFile?file_id={Uri.EscapeDataString(media.Reference)}"),
            authorization: null,
            static answer => answer.GetProperty("result").GetProperty("file_path").GetString()!,
            cancellationToken);
        await client.DownloadAsync(new Uri($"{_base}/file/bot{options.BotToken}/{path}"), authorization: null, destination, maxBytes, cancellationToken);

        // It serves everything as application/octet-stream.
        return null;
    }

    public void Dispose() => client.Dispose();
}
