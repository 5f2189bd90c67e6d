using System.Runtime.InteropServices;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// Asks Linux to run the calling thread soon after it is woken. A thread that others wait for, and that works for less than a millisecond, otherwise waits until a busy thread's time slice
/// (some 3 ms) has ended. Needs no privilege; older kernels and other systems do without.
/// </summary>
internal static partial class ShortSlices
{
    private const ulong Slice = 100_000;

    public static void Request()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 314,
            Architecture.Arm64 => 274,
            _ => 0,
        };
        if (number != 0)
        {
            var attributes = new Attributes { Size = (uint)Marshal.SizeOf<Attributes>(), Runtime = Slice };
            _ = SetAttributes(number, 0, ref attributes, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SetAttributes(long number, int thread, ref Attributes attributes, uint flags);

    /// <summary><c>struct sched_attr</c> in its first version; in the normal policy (0) <see cref="Runtime"/> is the time slice in nanoseconds.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
