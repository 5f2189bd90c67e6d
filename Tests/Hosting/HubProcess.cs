using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chat4All.Tests.Hosting;

/// <summary>One run of the server program. Killed with the test process at the latest.</summary>
internal sealed class HubProcess : IDisposable
{
    private const int Terminate = 15;

    /// <summary>Prefixes of settings that a developer's shell must not hand to a server under test.</summary>
    private static readonly string[] Settings = ["CHAT4ALL_", "JWT_", "REDIS_", "WEBSOCKET_", "PROMETHEUS_", "JAEGER_", "OTEL_", "ASPNETCORE_", "Logging__"];

    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    private readonly Process _process;

    static HubProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Keys)
        {
            process.Kill();
        }
    };

    private HubProcess(Process process)
    {
        _process = process;
        Running.TryAdd(process, true);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Only after it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The program that these tests were built with, beside their own output folder.</summary>
    private static string Program
    {
        get
        {
            var ours = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(ours.Parent!.Parent!.FullName, "Frontend", ours.Name, "Chat4All.Frontend.dll");
        }
    }

    public static HubProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder, HubOutput output)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => Settings.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new HubProcess(process);
    }

    /// <summary>SIGKILL: the process gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as <c>kill</c> and every service supervisor send it.</summary>
    public void AskToStop()
    {
        if (Kill(_process.Id, Terminate) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public async Task<int> WaitForExitAsync(TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        Running.TryRemove(_process, out _);
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
