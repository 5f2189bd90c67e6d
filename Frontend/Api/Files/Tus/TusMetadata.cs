using System.Text;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>The header <c>Upload-Metadata</c>: pairs of a key and a value in base64, between commas. Kept as it came, because a HEAD gives it back.</summary>
internal static class TusMetadata
{
    private const int Longest = 4096;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The request that the chunk door would have got. <c>filetype</c> may be missing, as tus clients leave it out where the system knows none.</summary>
    public static InitiateRequest Read(string header, long size)
    {
        var values = Parse(header);
        return new InitiateRequest
        {
            ConversationId = values.GetValueOrDefault("conversation_id"),
            Filename = values.GetValueOrDefault("filename"),
            FileSize = size,
            MimeType = values.GetValueOrDefault("filetype") is { Length: > 0 } type ? type : "application/octet-stream",
            ChecksumSha256 = values.GetValueOrDefault("checksum_sha256"),
        };
    }

    private static Dictionary<string, string> Parse(string header)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (header.Length > Longest)
        {
            throw Malformed();
        }

        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = pair.Split(' ');
            if (words.Length > 2 || !values.TryAdd(words[0], words.Length == 1 ? "" : Decode(words[1])))
            {
                throw Malformed();
            }
        }

        return values;
    }

    private static string Decode(string text)
    {
        try
        {
            return Utf8.GetString(Convert.FromBase64String(text));
        }
        catch (Exception failure) when (failure is FormatException or DecoderFallbackException)
        {
            throw Malformed();
        }
    }

    private static ChatException Malformed() => ChatException.Invalid(
        ErrorCodes.ValidationFailed, $"The header must be pairs of a key and a value in base64, of {Longest} characters at most.", "Upload-Metadata");
}
