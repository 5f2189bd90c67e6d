using System.Runtime.InteropServices;

namespace Chat4All.Frontend.Auth;

/// <summary>
/// Compares token texts. Hashes only the end of the signature: it is as good as random, and only tokens that we signed are ever stored,
/// so nobody can make stored keys collide.
/// </summary>
internal sealed class TokenTextComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    private const int Tail = 16;

    public static TokenTextComparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<char> alternate, string other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        var tail = alternate.Length > Tail ? alternate[^Tail..] : alternate;
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(tail));
        return hash.ToHashCode();
    }

    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();
}
