using System.Collections;
using Chat4All.Frontend.Operations.Logs;
using Microsoft.Extensions.Configuration.Memory;

namespace Chat4All.Frontend.Hosting;

/// <summary>Where settings come from; later ones win: <c>appsettings.json</c>, the <c>.env</c> file, the environment, the command line.</summary>
internal static class ConfigurationSources
{
    /// <summary>Replaces the sources by this program's.</summary>
    public static void AddChatSources(this IConfigurationManager configuration, CommandLine commandLine)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(static e => KeyValuePair.Create((string)e.Key, (string?)e.Value))
            .ToList();
        var file = commandLine.Settings.GetValueOrDefault("EnvFile")
            ?? environment.FirstOrDefault(static e => e.Key == "CHAT4ALL_ENV_FILE").Value
            ?? ".env";

        configuration.Sources.Clear();
        configuration.AddSettings(LogSetup.DefaultLevels);
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false);
        configuration.AddSettings(EnvironmentNames.Map(EnvironmentFile.Read(file)));
        configuration.AddSettings(EnvironmentNames.Map(environment));
        configuration.AddSettings(commandLine.Settings);
    }

    /// <summary>Empty values count as not set, as in an environment file whose line was left blank.</summary>
    private static void AddSettings(this IConfigurationManager configuration, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        // Names that differ only in case are one setting; the last one counts.
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings.Where(static s => !string.IsNullOrEmpty(s.Value)))
        {
            data[key] = value;
        }

        configuration.Sources.Add(new MemoryConfigurationSource { InitialData = data });
    }
}
