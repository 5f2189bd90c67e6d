using System.Buffers;

namespace Chat4All.Frontend.Operations.Logs;

/// <summary>
/// The last line of defence of logs and spans: nothing is meant to write a token, and if something does (a library's message with a URL,
/// an exception's text), the token and the query string go.
/// </summary>
internal static class Redaction
{
    private const string Replacement = "[redacted]";

    /// <summary>How every JWT begins: <c>{"</c> in base64.</summary>
    private const string TokenStart = "eyJ";

    private static readonly string[] Parameters = ["token=", "client_secret=", "signature="];
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create("&\"' \t\r\n,;)");

    /// <summary>The text without tokens; the same instance when it holds none.</summary>
    public static string Clean(string text)
    {
        if (text.Contains(TokenStart, StringComparison.Ordinal))
        {
            text = Replace(text, TokenStart, keep: 0, static rest => rest.IndexOfAnyExcept(TokenCharacters));
        }

        foreach (var parameter in Parameters)
        {
            if (text.Contains(parameter, StringComparison.OrdinalIgnoreCase))
            {
                text = Replace(text, parameter, parameter.Length, static rest => rest.IndexOfAny(ValueEnds));
            }
        }

        return text;
    }

    private delegate int End(ReadOnlySpan<char> rest);

    private static string Replace(string text, string marker, int keep, End end)
    {
        var clean = new System.Text.StringBuilder(text.Length);
        var at = 0;
        while (text.IndexOf(marker, at, StringComparison.OrdinalIgnoreCase) is >= 0 and var start)
        {
            clean.Append(text, at, start + keep - at).Append(Replacement);
            var length = end(text.AsSpan(start + keep));
            at = length < 0 ? text.Length : start + keep + length;
        }

        return clean.Append(text, at, text.Length - at).ToString();
    }
}
