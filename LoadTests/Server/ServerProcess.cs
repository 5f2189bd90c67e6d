using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.Server;

/// <summary>A server that this program started, and stops.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts a shell command; the shell becomes the command, so that its id is the server's.</summary>
    public static ServerProcess Start(string command)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec " + command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CHAT4ALL_RATE_LIMIT"] = "off";
        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start."));
        server._process.OutputDataReceived += server.Remember;
        server._process.ErrorDataReceived += server.Remember;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks <c>/ready</c> every few milliseconds until it answers 200.</summary>
    /// <returns>When it did, a <see cref="Stopwatch"/> timestamp.</returns>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time.</exception>
    public async Task<long> WaitUntilReadyAsync(Uri server, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromSeconds(2) };
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < limit;)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The server ended with code {_process.ExitCode}: {LastLines()}");
            }

            if (await IsReadyAsync(http, cancellationToken))
            {
                return Stopwatch.GetTimestamp();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        throw new InvalidOperationException($"The server was not ready within {limit.TotalSeconds} s: {LastLines()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = NativeMethods.Kill(_process.Id, NativeMethods.TerminateSignal);
            using var timeout = new CancellationTokenSource(StopTimeout);
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync("/ready", cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Not listening yet; the caller asks again.
            return false;
        }
    }

    private void Remember(object sender, DataReceivedEventArgs line)
    {
        lock (_lastLines)
        {
            _lastLines.Enqueue(line.Data ?? "");
            if (_lastLines.Count > 10)
            {
                _lastLines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_lastLines)
        {
            return string.Join(Environment.NewLine, _lastLines);
        }
    }
}
