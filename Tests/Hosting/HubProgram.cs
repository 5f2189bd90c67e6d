using System.Diagnostics;

namespace Chat4All.Tests.Hosting;

/// <summary>The server program that these tests were built with, beside their own output folder.</summary>
internal static class HubProgram
{
    /// <summary>Prefixes of settings that a developer's shell must not hand to a server under test.</summary>
    private static readonly string[] Settings = ["CHAT4ALL_", "JWT_", "REDIS_", "KAFKA_", "WEBSOCKET_", "PROMETHEUS_", "JAEGER_", "OTEL_", "S3_", "MINIO_", "AWS_", "WHATSAPP_", "INSTAGRAM_", "MESSENGER_", "TELEGRAM_", "ASPNETCORE_", "Logging__"];

    private static string Path
    {
        get
        {
            var ours = new DirectoryInfo(AppContext.BaseDirectory);
            return System.IO.Path.Combine(ours.Parent!.Parent!.FullName, "Frontend", ours.Name, "Chat4All.Frontend.dll");
        }
    }

    /// <summary>How to start it, with no settings but these.</summary>
    public static ProcessStartInfo Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        // A shell starts what runs in its background deaf to Ctrl-C, and a server under test must hear it.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path, .. arguments]) { WorkingDirectory = workingFolder };
        ClearSettings(start);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Removes the settings of whoever runs the tests from a program's environment.</summary>
    public static void ClearSettings(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => Settings.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToArray())
        {
            start.Environment.Remove(name);
        }
    }
}
