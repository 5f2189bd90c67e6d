using System.Globalization;

namespace Chat4All.LoadTests.Machine;

/// <summary>Resident memory of another process of the same user, as the kernel counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that was ever resident, in bytes: <c>VmHWM</c> of <c>/proc/PID/status</c>.</summary>
    public static long PeakBytes(int processId)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")).First(static text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>RSS in bytes from <c>/proc/PID/smaps_rollup</c>.</summary>
    /// <exception cref="IOException">There is no such process, or it is another user's.</exception>
    public static long ResidentBytes(int processId)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/smaps_rollup");
        var line = File.ReadLines(path).FirstOrDefault(text => text.StartsWith("Rss:", StringComparison.Ordinal))
            ?? throw new IOException($"{path} has no Rss.");
        var kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
    }
}
