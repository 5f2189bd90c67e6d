namespace Chat4All.Frontend.Auth;

/// <summary>What a token allows. Written as names separated by spaces, in this order.</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    Read = 1,
    Write = 2,
    Admin = 4,
}

/// <summary>The names of <see cref="Scopes"/>.</summary>
internal static class ScopeNames
{
    public const string Read = "read";
    public const string Write = "write";
    public const string Admin = "admin";

    /// <summary>What a new user gets, and what a token gets when nothing is asked for.</summary>
    public const string Default = "read write";

    private static readonly string[] Texts =
        [.. Enumerable.Range(0, 8).Select(static set => string.Join(' ', Names((Scopes)set)))];

    /// <summary>Reads names separated by spaces; false when one is unknown or there is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Scopes scopes)
    {
        scopes = Scopes.None;
        foreach (var range in text.Split(' '))
        {
            var one = text[range] switch
            {
                "" => Scopes.None,
                Read => Scopes.Read,
                Write => Scopes.Write,
                Admin => Scopes.Admin,
                _ => (Scopes?)null,
            };
            if (one is null)
            {
                return false;
            }

            scopes |= one.Value;
        }

        return scopes != Scopes.None;
    }

    /// <summary>The scopes in stored text; unknown names (of a later version) count for nothing.</summary>
    public static Scopes ParseStored(string text)
    {
        var scopes = Scopes.None;
        foreach (var name in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            scopes |= TryParse(name, out var one) ? one : Scopes.None;
        }

        return scopes;
    }

    /// <summary>The names, separated by spaces.</summary>
    public static string Text(this Scopes scopes) => Texts[(int)scopes];

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names(this Scopes scopes)
    {
        if (scopes.HasFlag(Scopes.Read))
        {
            yield return Read;
        }

        if (scopes.HasFlag(Scopes.Write))
        {
            yield return Write;
        }

        if (scopes.HasFlag(Scopes.Admin))
        {
            yield return Admin;
        }
    }
}
