using System.Text;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Chat4All.Frontend.Api.Files;

/// <summary>How a file is named to clients, whatever its uploader called it.</summary>
internal readonly record struct FilePresentation(EntityTagHeaderValue ETag, string Disposition)
{
    /// <summary>Types that browsers show without running anything.</summary>
    private static readonly string[] Shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "audio/", "video/"];

    public static FilePresentation Of(FileRecord file)
    {
        var kind = Shown.Any(type => file.MimeType.StartsWith(type, StringComparison.Ordinal)) ? "inline" : "attachment";
        return new FilePresentation(new EntityTagHeaderValue(new StringSegment($"\"{file.ContentSha256}\"")), ContentDisposition(kind, file.Filename));
    }

    /// <summary>RFC 6266: a name that every client reads, and the real one in the form of RFC 8187. Nothing of the name leaves its quotes.</summary>
    public static string ContentDisposition(string kind, string filename)
    {
        var plain = new StringBuilder(filename.Length);
        foreach (var rune in filename.EnumerateRunes())
        {
            // A percent sign is decoded by some clients, a quote or backslash ends the name in others.
            plain.Append(rune.Value is >= 0x20 and < 0x7f and not ('"' or '\\' or '%' or '/') ? (char)rune.Value : '_');
        }

        return plain.Equals(filename.AsSpan())
            ? $"{kind}; filename=\"{plain}\""
            : $"{kind}; filename=\"{plain}\"; filename*=UTF-8''{Encode(filename)}";
    }

    private static string Encode(string filename)
    {
        var encoded = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(filename))
        {
            // attr-char of RFC 8187.
            var isPlain = char.IsAsciiLetterOrDigit((char)one) || "!#$&+-.^_`|~".Contains((char)one, StringComparison.Ordinal);
            _ = isPlain ? encoded.Append((char)one) : encoded.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
