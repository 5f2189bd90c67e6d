using System.Runtime.InteropServices;

namespace Chat4All.LoadTests.Sockets;

/// <summary>The few Linux calls that .NET has no name for.</summary>
internal static partial class NativeMethods
{
    public const int EpollAdd = 1;
    public const int EpollModify = 3;
    public const uint EpollIn = 0x001;
    public const uint EpollOut = 0x004;
    public const int CloseOnExec = 0x80000;
    public const int ClockMonotonic = 1;
    public const int TimerAbsolute = 1;
    public const int InterruptedCall = 4;
    public const int TerminateSignal = 15;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, ref byte epollEvent);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, ref byte events, int maximumEvents, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int TimerSet(int timer, int flags, in TimerSpecification value, nint oldValue);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    /// <summary><c>struct itimerspec</c> of a 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct TimerSpecification(long IntervalSeconds, long IntervalNanoseconds, long Seconds, long Nanoseconds);
}
