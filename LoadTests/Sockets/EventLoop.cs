using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chat4All.LoadTests.Sockets;

/// <summary>
/// One thread, one epoll, one receive buffer for all its connections. The generator shares the machine with the server that it
/// measures, so what counts is CPU a request: no thread hand-over, no task, no buffer a connection, one send and one receive a request.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    private const int ReceiveBufferBytes = 256 * 1024;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly int _epoll;
    private readonly int _timer;
    private readonly EpollEvents _events = new(512);
    private readonly EpollEvents _change = new(1);
    private readonly byte[] _receiveBuffer = GC.AllocateUninitializedArray<byte>(ReceiveBufferBytes, pinned: true);
    private Connection?[] _connections = new Connection?[1024];
    private long _armedFor;

    /// <exception cref="PlatformNotSupportedException">Not a Linux.</exception>
    public EventLoop()
    {
        if (!OperatingSystem.IsLinux() || Stopwatch.Frequency != NanosecondsPerSecond)
        {
            throw new PlatformNotSupportedException("The load generator's event loop is built on Linux's epoll and timerfd.");
        }

        _epoll = Check(NativeMethods.EpollCreate(NativeMethods.CloseOnExec));
        _timer = Check(NativeMethods.TimerCreate(NativeMethods.ClockMonotonic, NativeMethods.CloseOnExec));
        Control(NativeMethods.EpollAdd, _timer, NativeMethods.EpollIn);
    }

    /// <summary>Runs on the calling thread until the work says that it is over.</summary>
    public void Run(ILoopWork work, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (work.Advance(Stopwatch.GetTimestamp()) is not { } due)
            {
                return;
            }

            Arm(due);
            Dispatch(Wait());
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection?.Dispose();
        }

        _ = NativeMethods.Close(_timer);
        _ = NativeMethods.Close(_epoll);
    }

    internal void Add(Connection connection, int descriptor)
    {
        if (descriptor >= _connections.Length)
        {
            Array.Resize(ref _connections, Math.Max(descriptor + 1, _connections.Length * 2));
        }

        _connections[descriptor] = connection;
        Control(NativeMethods.EpollAdd, descriptor, NativeMethods.EpollIn);
    }

    /// <summary>The kernel forgets a descriptor when it is closed; only our own table has to.</summary>
    internal void Forget(int descriptor) => _connections[descriptor] = null;

    internal void WatchWritable(int descriptor, bool writable) => Control(
        NativeMethods.EpollModify, descriptor, writable ? NativeMethods.EpollIn | NativeMethods.EpollOut : NativeMethods.EpollIn);

    private void Dispatch(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var descriptor = _events.DescriptorAt(i);
            if (descriptor == _timer)
            {
                // Not read: the next Arm resets it, and the work is asked before each wait anyway.
                _armedFor = 0;
                continue;
            }

            var connection = _connections[descriptor];
            if (connection is not null && (_events.EventsAt(i) & NativeMethods.EpollOut) != 0)
            {
                connection.Flush();
            }

            if (connection is { IsOpen: true } && (_events.EventsAt(i) & ~NativeMethods.EpollOut) != 0)
            {
                connection.Receive(_receiveBuffer);
            }
        }
    }

    private int Wait()
    {
        var count = NativeMethods.EpollWait(_epoll, ref _events.First, _events.Capacity, -1);
        return count >= 0 || Marshal.GetLastPInvokeError() == NativeMethods.InterruptedCall ? Math.Max(0, count) : Check(count);
    }

    private void Arm(long due)
    {
        if (due == _armedFor)
        {
            return;
        }

        // Zero would disarm the timer; a moment that has passed fires at once.
        var at = Math.Max(1, due);
        var value = new NativeMethods.TimerSpecification(0, 0, at / NanosecondsPerSecond, at % NanosecondsPerSecond);
        Check(NativeMethods.TimerSet(_timer, NativeMethods.TimerAbsolute, in value, 0));
        _armedFor = due;
    }

    private void Control(int operation, int descriptor, uint events)
    {
        _change.Set(0, events, descriptor);
        Check(NativeMethods.EpollControl(_epoll, operation, descriptor, ref _change.First));
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());
}
