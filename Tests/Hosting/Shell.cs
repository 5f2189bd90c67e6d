using System.Diagnostics;

namespace Chat4All.Tests.Hosting;

/// <summary>A shell in a folder of its own, for commands that people paste.</summary>
internal sealed class Shell : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder that commands run in.</summary>
    public string Folder => _folder.Path;

    /// <summary>Exported variables, kept from command to command.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Skips the calling test unless all programs are installed.</summary>
    public static void Require(params string[] programs)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var missing = programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))).ToArray();
        Skip.If(missing.Length > 0, $"not installed: {string.Join(", ", missing)} (./chat4all test installs what the tests need)");
    }

    /// <summary>Runs a script until it ends.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">Its exit code was not 0; the message holds what it wrote to standard error.</exception>
    public async Task<string> RunAsync(string script)
    {
        using var limit = new CancellationTokenSource(Limit);
        var start = Prepare(script);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{script}\nexit code {process.ExitCode}: {await output}\n{await errors}");
    }

    /// <summary>Starts a script that runs until it is disposed. The shell becomes a script's last command, when that begins with <c>exec</c>.</summary>
    public ChildProcess Start(string script, ProcessOutput output) => ChildProcess.Start(Prepare(script), output);

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo Prepare(string script)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script]) { WorkingDirectory = Folder };
        HubProgram.ClearSettings(start);
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
