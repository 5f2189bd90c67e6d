using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Messenger;

/// <summary>A page on Messenger. Section <c>Channels:Messenger</c>.</summary>
internal sealed class MessengerOptions : GraphMessagingOptions;

/// <summary>Sends from a page on Messenger; addresses are page-scoped ids.</summary>
internal sealed class MessengerConnector(PlatformParts parts, MessengerOptions options) : GraphMessagingConnector(parts, options)
{
    private const int MaxText = 2000;
    private const long MaxFile = 25 * 1024 * 1024;

    public override Channels Channel => Channels.Messenger;

    protected override string? MessagingType => "RESPONSE";

    protected override long MaxSize(string type) => MaxFile;

    protected override bool IsTextTooLong(string text) => text.Length > MaxText;
}
