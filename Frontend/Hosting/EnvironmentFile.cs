namespace Chat4All.Frontend.Hosting;

/// <summary>Reads a <c>.env</c> file: <c>NAME=value</c> lines, <c>#</c> comments, an optional <c>export</c>, single or double quotes around the value.</summary>
internal static class EnvironmentFile
{
    /// <summary>The file's variables in order; nothing when there is no such file.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Read(string path) =>
        File.Exists(path) ? Parse(File.ReadAllLines(path)) : [];

    /// <summary>The variables in the lines; lines that are none are skipped, as a shell's reader of such files would.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var text = line.AsSpan().Trim();
            if (text.StartsWith("export "))
            {
                text = text["export ".Length..].TrimStart();
            }

            var equals = text.IndexOf('=');
            if (equals > 0 && text[0] != '#')
            {
                yield return new(text[..equals].TrimEnd().ToString(), Unquote(text[(equals + 1)..].Trim()));
            }
        }
    }

    private static string Unquote(ReadOnlySpan<char> value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[1..].IndexOf(value[0]) is >= 0 and var end)
        {
            return value.Slice(1, end).ToString();
        }

        // A comment needs a blank before it: keys and URLs may hold a '#'.
        var comment = value.IndexOf(" #");
        return (comment < 0 ? value : value[..comment]).TrimEnd().ToString();
    }
}
