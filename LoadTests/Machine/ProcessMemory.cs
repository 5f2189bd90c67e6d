using System.Globalization;

namespace Chat4All.LoadTests.Machine;

/// <summary>Resident memory of another process of the same user, as the kernel counts it.</summary>
internal static class ProcessMemory
{
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
