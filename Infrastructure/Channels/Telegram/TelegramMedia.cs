using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Telegram;

/// <summary>Which method takes a file: https://core.telegram.org/bots/api#sending-files.</summary>
internal static class TelegramMedia
{
    private const long MiB = 1024 * 1024;

    /// <summary>Largest upload.</summary>
    public const long MaxUpload = 50 * MiB;

    /// <summary>The method and its field for a file that Telegram fetches itself; null for types and sizes that it does not.</summary>
    public static (string Method, string Field)? ByLink(MediaLink media) => media.MimeType switch
    {
        "image/jpeg" or "image/png" when media.Size <= 5 * MiB => ("sendPhoto", "photo"),
        "video/mp4" when media.Size <= 20 * MiB => ("sendVideo", "video"),
        "audio/mpeg" or "audio/mp4" when media.Size <= 20 * MiB => ("sendAudio", "audio"),
        "image/gif" or "application/pdf" or "application/zip" when media.Size <= 20 * MiB => ("sendDocument", "document"),
        _ => null,
    };

    /// <summary>The method and its field for a file that is uploaded.</summary>
    public static (string Method, string Field) ByUpload(MediaLink media) => media.MimeType switch
    {
        "image/jpeg" or "image/png" when media.Size <= 10 * MiB => ("sendPhoto", "photo"),
        "video/mp4" => ("sendVideo", "video"),
        "audio/mpeg" or "audio/mp4" => ("sendAudio", "audio"),
        _ => ("sendDocument", "document"),
    };
}
