using System.Reflection;
using System.Runtime.InteropServices;

namespace Chat4All.LoadTests.Machine;

/// <summary>Where the numbers come from.</summary>
internal sealed record MachineInfo(string Processor, int Cores, double MemoryGigabytes, string Kernel, string Runtime)
{
    public static MachineInfo Read() => new(
        ReadField("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        File.Exists("/proc/sys/kernel/osrelease") ? "Linux " + File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    /// <summary>The commit that this program was built from, as the SDK stamps it; <c>unknown</c> outside a repository.</summary>
    public static string BuiltFrom()
    {
        var version = typeof(MachineInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..Math.Min(version.Length, plus + 13)];
    }

    public override string ToString() => FormattableString.Invariant($"{Processor}, {Cores} cores, {MemoryGigabytes} GB, {Kernel}, {Runtime}");

    private static string? ReadField(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
        : null;
}
