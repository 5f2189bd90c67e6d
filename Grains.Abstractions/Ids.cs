using System.Buffers;

namespace Chat4All.Grains.Abstractions;

/// <summary>The one rule for identifiers: opaque text of 1 to 64 characters of <c>A-Z a-z 0-9 . _ : -</c> that starts with a letter or digit.</summary>
public static class Ids
{
    /// <summary>Longest identifier, in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>A new UUIDv7 in its 36 character form; later ones sort behind earlier ones to the millisecond.</summary>
    public static string New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>Whether <paramref name="id"/> may be used as an identifier.</summary>
    public static bool IsValid(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(id[0])
        && !id.ContainsAnyExcept(Allowed);
}
