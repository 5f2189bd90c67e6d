using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chat4All.Tests.Hosting;

/// <summary>A program that runs beside the tests; killed with the test process at the latest.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    private readonly Process _process;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Keys)
        {
            process.Kill();
        }
    };

    private ChildProcess(Process process)
    {
        _process = process;
        Running.TryAdd(process, true);
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What the program reads.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Only after it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program with nothing on its standard input, unless <paramref name="keepsInput"/>: then it gets <see cref="Input"/>.</summary>
    public static ChildProcess Start(ProcessStartInfo start, ProcessOutput output, bool keepsInput = false)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Start();
        if (!keepsInput)
        {
            process.StandardInput.Close();
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>SIGKILL: the process gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as <c>kill</c> and every service supervisor send it, or another.</summary>
    public void AskToStop(StopSignal signal = StopSignal.Terminate)
    {
        if (Kill(_process.Id, (int)signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <returns>The exit code, with all output read.</returns>
    /// <exception cref="OperationCanceledException">It still runs after the deadline.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (Running.TryRemove(_process, out _) && !_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
