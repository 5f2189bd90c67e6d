using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>How WhatsApp shows a file, by its media type and size: https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media.</summary>
internal static class WhatsAppMedia
{
    private const long MiB = 1024 * 1024;

    /// <summary>Largest file of all.</summary>
    public const long MaxDocument = 100 * MiB;

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c>, or <c>document</c> for what is none of these or too large for it.</summary>
    public static string TypeOf(MediaLink media) => media.MimeType switch
    {
        "image/jpeg" or "image/png" when media.Size <= 5 * MiB => "image",
        "video/mp4" or "video/3gpp" when media.Size <= 16 * MiB => "video",
        "audio/aac" or "audio/amr" or "audio/mpeg" or "audio/mp4" or "audio/ogg" when media.Size <= 16 * MiB => "audio",
        _ => "document",
    };
}
