using System.Buffers;
using System.Text.RegularExpressions;

namespace Chat4All.Grains.Files;

/// <summary>What a file may be called.</summary>
public static partial class FileNames
{
    /// <summary>In UTF-16 code units.</summary>
    public const int MaxLength = 255;

    /// <summary>What begins a path, and characters that turn the direction of text around, by which <c>exe.txt</c> hides what a name ends in.</summary>
    private static readonly SearchValues<char> Deceptive = SearchValues.Create("/\\\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f");

    public static bool IsValid(string? name) =>
        name is { Length: >= 1 and <= MaxLength }
        && name is not ("." or "..")
        && !string.IsNullOrWhiteSpace(name)
        && !name.AsSpan().ContainsAny(Deceptive)
        && !name.Any(char.IsControl)
        && !LoneSurrogate().IsMatch(name);

    /// <summary>A name of somebody else's system without what no name may hold; <paramref name="otherwise"/> when nothing is left of it.</summary>
    public static string Clean(string? name, string otherwise)
    {
        var clean = LoneSurrogate().Replace(string.Concat((name ?? "").Where(static c => !char.IsControl(c) && !Deceptive.Contains(c))), "").Trim();
        clean = clean.Length <= MaxLength ? clean : clean[..(char.IsHighSurrogate(clean[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return IsValid(clean) ? clean : otherwise;
    }

    /// <summary>Half a surrogate pair is no text, and no database takes it.</summary>
    [GeneratedRegex(@"[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex LoneSurrogate();
}
