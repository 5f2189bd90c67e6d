using System.Globalization;

namespace Chat4All.LoadTests.CommandLine;

/// <summary>Words and <c>--name value</c> options of a command line. Every option takes a value, except the flags that are named.</summary>
internal sealed class Arguments
{
    private readonly List<KeyValuePair<string, string>> _options = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <exception cref="UsageException">An option has no value.</exception>
    public Arguments(IReadOnlyList<string> arguments, params string[] flags)
    {
        var words = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(arguments[i]);
            }
            else if (flags.Contains(arguments[i]))
            {
                _options.Add(new(arguments[i], "true"));
            }
            else if (i + 1 == arguments.Count)
            {
                throw new UsageException($"{arguments[i]} needs a value.");
            }
            else
            {
                _options.Add(new(arguments[i], arguments[++i]));
            }
        }

        Words = words;
    }

    public IReadOnlyList<string> Words { get; }

    public IReadOnlyList<string> All(string name)
    {
        _asked.Add(name);
        return [.. _options.Where(option => option.Key == name).Select(option => option.Value)];
    }

    public string? Text(string name) => All(name) is [.., var last] ? last : null;

    public bool Flag(string name) => Text(name) is not null;

    /// <exception cref="UsageException">Not a whole number, or outside the bounds.</exception>
    public int Number(string name, int byDefault, int minimum, int maximum)
    {
        if (Text(name) is not { } text)
        {
            return byDefault;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : throw new UsageException($"{name} must be a whole number from {minimum} to {maximum}.");
    }

    /// <exception cref="UsageException">There is an option that nobody asked for.</exception>
    public void RefuseUnknown()
    {
        if (_options.Find(option => !_asked.Contains(option.Key)) is { Key: { } unknown })
        {
            throw new UsageException($"{unknown} is not an option here.");
        }
    }
}
