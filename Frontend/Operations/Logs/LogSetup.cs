using Microsoft.Extensions.Logging.Console;

namespace Chat4All.Frontend.Operations.Logs;

/// <summary>Logging to standard output.</summary>
internal static class LogSetup
{
    /// <summary>
    /// Levels unless a setting says otherwise. Requests are counted and traced, not logged one by one.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> DefaultLevels { get; } = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:System"] = "Warning",
    };

    public static void AddChatLogs(this WebApplicationBuilder builder, LogOptions options)
    {
        var logging = builder.Logging;
        logging.ClearProviders();
        logging.AddConsole(console => console.FormatterName = options.IsJson ? JsonLines.FormatterName : TextLines.FormatterName);
        logging.Services.AddSingleton<ConsoleFormatter, JsonLines>();
        logging.Services.AddSingleton<ConsoleFormatter, TextLines>();

        // It would log every request with its query string, and open a log scope for each; no setting brings it back.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // A start that fails is told in one line by EntryPoint; the host would add its stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }
}
