namespace Chat4All.Frontend.Hosting;

/// <summary>What was typed behind the program's name: an optional sub-command with its operands, and settings.</summary>
internal sealed class CommandLine
{
    /// <summary>Printed for <c>help</c> and behind every error.</summary>
    public const string Usage = """
        usage: chat4all [--port N] [--urls URLS] [--data DIR] [--postgres CONNSTRING] [--demo] [--env-file FILE] [--Section:Key=value ...]
               chat4all user add ID [--name USERNAME] [--scopes "read write"] | user list | user disable ID
               chat4all backup FILE | restore FILE
        The sub-commands take --data and --postgres too, and work on the same store while a server runs. `user add` makes the secret
        and prints it once, unless CHAT4ALL_USER_SECRET holds one.
        """;

    private static readonly Dictionary<string, string> Switches = new(StringComparer.Ordinal)
    {
        ["--port"] = "Server:Port",
        ["--urls"] = "Server:Urls",
        ["--data"] = "Store:Data",
        ["--postgres"] = "Store:Postgres",
        ["--demo"] = "Store:Demo",
        ["--env-file"] = "EnvFile",
        ["--name"] = "Command:Name",
        ["--scopes"] = "Command:Scopes",
    };

    private CommandLine(IReadOnlyList<string> words, IReadOnlyDictionary<string, string?> settings) =>
        (Words, Settings) = (words, settings);

    /// <summary>The sub-command and its operands; empty to run the server.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Settings by configuration key.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    /// <summary>Reads the arguments; throws <see cref="SettingsException"/> for what it does not know.</summary>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var words = new List<string>();
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (arg is "--demo")
            {
                // The only one that may stand alone.
                settings[Switches[arg]] = "true";
            }
            else if (arg is "--help" or "-h")
            {
                words.Insert(0, "help");
            }
            else if (!arg.StartsWith('-'))
            {
                words.Add(arg);
            }
            else
            {
                var equals = arg.IndexOf('=');
                var name = equals < 0 ? arg : arg[..equals];
                var value = equals >= 0 ? arg[(equals + 1)..] : ++i < args.Count ? args[i] : throw new SettingsException([$"{name} needs a value"]);
                settings[KeyOf(name)] = value;
            }
        }

        return new CommandLine(words, settings);
    }

    private static string KeyOf(string name) =>
        Switches.TryGetValue(name, out var key) ? key
        : name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':') ? name[2..]
        : throw new SettingsException([$"{name} is not an option"]);
}
