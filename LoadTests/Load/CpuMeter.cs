using System.Diagnostics;

namespace Chat4All.LoadTests.Load;

/// <summary>Processor time of this process and of the server between two moments, as shares of one core.</summary>
/// <param name="serverProcessId">Null when it isn't known.</param>
internal sealed class CpuMeter(int? serverProcessId)
{
    private long _startedAt;
    private TimeSpan _client;
    private TimeSpan? _server;

    public void Start()
    {
        _startedAt = Stopwatch.GetTimestamp();
        (_client, _server) = Read();
    }

    public (double Client, double? Server) Stop()
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        var (client, server) = Read();
        return ((client - _client) / elapsed, server is { } s && _server is { } before ? (s - before) / elapsed : null);
    }

    private (TimeSpan Client, TimeSpan? Server) Read() => (Environment.CpuUsage.TotalTime, ReadServer());

    private TimeSpan? ReadServer()
    {
        if (serverProcessId is not { } id)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(id);
            return process.TotalProcessorTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
