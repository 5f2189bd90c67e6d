using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Connectors;

/// <summary>Connectors made by the settings that an operator would write, pointed at a stand-in.</summary>
internal sealed class TestConnectors : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestConnectors(ServiceProvider services) => _services = services;

    public IChannelConnector this[Channels channel] => _services.GetServices<IChannelConnector>().Single(connector => connector.Channel == channel);

    /// <param name="settings">Keys below <c>Channels:</c>.</param>
    public static TestConnectors Create(IEnumerable<(string Key, string Value)> settings, IMediaLinks? media = null, TimeProvider? time = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static s => KeyValuePair.Create($"Channels:{s.Key}", (string?)s.Value)))
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System).AddChannels(configuration);
        return new TestConnectors((media is null ? services : services.AddSingleton(media)).BuildServiceProvider());
    }

    public static TestConnectors WhatsApp(Uri address, IMediaLinks? media = null, TimeProvider? time = null, params (string Key, string Value)[] settings) => Create(
        [
            ("AllowPrivateAddresses", "true"), ("WhatsApp:Connector", "cloud_api"), ("WhatsApp:BaseUrl", $"{address}v23.0"),
            ("WhatsApp:PhoneNumberId", WhatsAppStandIn.PhoneNumberId), ("WhatsApp:AccessToken", WhatsAppStandIn.Token), .. settings.Select(static s => ($"WhatsApp:{s.Key}", s.Value)),
        ],
        media, time);

    /// <param name="channel">Messenger or Instagram.</param>
    public static TestConnectors SendApi(Channels channel, Uri address, IMediaLinks? media = null, params (string Key, string Value)[] settings) => Create(
        [
            ("AllowPrivateAddresses", "true"), ($"{channel}:Connector", "graph_api"), ($"{channel}:BaseUrl", $"{address}v23.0/"),
            ($"{channel}:PageId", SendApiStandIn.PageId), ($"{channel}:AccessToken", SendApiStandIn.Token), .. settings.Select(s => ($"{channel}:{s.Key}", s.Value)),
        ],
        media);

    public static TestConnectors Telegram(Uri address, IMediaLinks? media = null, params (string Key, string Value)[] settings) => Create(
        [
            ("AllowPrivateAddresses", "true"), ("Telegram:Connector", "bot_api"), ("Telegram:BaseUrl", $"{address}"), ("Telegram:BotToken", TelegramStandIn.Token),
            .. settings.Select(static s => ($"Telegram:{s.Key}", s.Value)),
        ],
        media);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Files that exist only in a test.</summary>
internal sealed class TestMedia(string filename, string mimeType, long size) : IMediaLinks
{
    public const string FileId = "file-1";

    public bool IsAway { get; set; }

    /// <summary>What the file really holds: its number of bytes may be another than was said.</summary>
    public byte[] Content { get; set; } = new byte[size];

    public static Uri Link { get; } = new("https://files.example.org/file-1?signature=abc%2B");

    public Task<MediaLink?> CreateAsync(string fileId, CancellationToken cancellationToken) =>
        IsAway ? throw new IOException("The object store is away.") : Task.FromResult(fileId == FileId ? new MediaLink(Link, filename, mimeType, size) : null);

    public Task<Stream?> OpenAsync(string fileId, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(fileId == FileId ? new MemoryStream(Content) : null);
}
