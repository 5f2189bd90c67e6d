using System.Diagnostics;
using System.Globalization;

namespace Chat4All.LoadTests.Load;

/// <summary>Processor time of this process, of the server and of the whole machine between two moments.</summary>
/// <param name="serverProcessId">Null when it isn't known.</param>
internal sealed class CpuMeter(int? serverProcessId)
{
    /// <summary>The unit of /proc/stat: USER_HZ is 100 on every Linux that .NET runs on.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private long _startedAt;
    private TimeSpan _client;
    private TimeSpan? _server;
    private TimeSpan? _machine;

    public void Start()
    {
        _startedAt = Stopwatch.GetTimestamp();
        (_client, _server, _machine) = (Environment.CpuUsage.TotalTime, ReadServer(), ReadMachine());
    }

    public CpuShares Stop()
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        return new CpuShares(
            (Environment.CpuUsage.TotalTime - _client) / elapsed,
            (ReadServer() - _server) / elapsed,
            (ReadMachine() - _machine) / elapsed);
    }

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

    /// <summary>The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, …; idle and iowait are no work.</summary>
    private static TimeSpan? ReadMachine()
    {
        const string stat = "/proc/stat";
        if (!File.Exists(stat))
        {
            return null;
        }

        var ticks = File.ReadLines(stat).First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..8]
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum() - ticks[3] - ticks[4]) * Tick;
    }
}
