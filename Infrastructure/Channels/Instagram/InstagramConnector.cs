using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Instagram;

/// <summary>A professional account on Instagram. Section <c>Channels:Instagram</c>.</summary>
internal sealed class InstagramOptions : GraphMessagingOptions
{
    public override IEnumerable<(string Property, string Problem)> Check() =>
        Uploads ? [.. base.Check(), (nameof(Media), "must be link: Instagram takes files by link only")] : base.Check();
}

/// <summary>
/// Sends from a professional account on Instagram, https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message; addresses are Instagram-scoped ids.
/// </summary>
internal sealed class InstagramConnector(PlatformParts parts, InstagramOptions options) : GraphMessagingConnector(parts, options)
{
    private const int MaxTextBytes = 1000;
    private const long MaxImage = 8 * 1024 * 1024;
    private const long MaxFile = 25 * 1024 * 1024;

    public override Channels Channel => Channels.Instagram;

    protected override string? MessagingType => null;

    protected override long MaxSize(string type) => type == "image" ? MaxImage : MaxFile;

    protected override bool IsTextTooLong(string text) => Encoding.UTF8.GetByteCount(text) > MaxTextBytes;
}
