using System.Text;
using System.Threading.Channels;
using Chat4All.Frontend.RealTime.Connections;

namespace Chat4All.Tests.RealTime;

public sealed class SendQueueTests
{
    [Fact]
    public async Task What_gathers_during_a_write_goes_out_in_the_next_one()
    {
        var sink = new Sink();
        var queue = new SendQueue(sink, 1000);

        Assert.Equal(SendQueue.Added.StartNeeded, queue.Add(Frame("a")));
        queue.Start();
        await sink.Writing();
        Assert.Equal(SendQueue.Added.Queued, queue.Add(Frame("b")));
        Assert.Equal(SendQueue.Added.Queued, queue.Add(Frame("c")));
        var drained = queue.WhenDrained();
        Assert.False(drained.IsCompleted);
        sink.Release();
        await sink.Writing();
        sink.Release();
        await drained;

        Assert.Equal(["a", "bc"], sink.Written);
        Assert.Equal(0, queue.Bytes);
        Assert.True(queue.WhenDrained().IsCompleted);
    }

    [Fact]
    public void A_full_queue_takes_no_more()
    {
        var queue = new SendQueue(new Sink(), 10);

        Assert.Equal(SendQueue.Added.StartNeeded, queue.Add(Frame("12345")));
        Assert.Equal(SendQueue.Added.Full, queue.Add(Frame("67890")));
    }

    [Fact]
    public async Task The_last_frame_overtakes_what_is_discarded_and_ends_the_queue()
    {
        var sink = new Sink();
        var queue = new SendQueue(sink, 10);
        queue.Add(Frame("abc"));
        queue.Add(Frame("de"));

        Assert.Equal(2, queue.AddLast(Frame("last"), discard: true, out var startNeeded));
        Assert.False(startNeeded);
        Assert.Equal(SendQueue.Added.Ended, queue.Add(Frame("x")));
        queue.Start();
        await sink.Writing();
        sink.Release();
        await sink.Ended;

        Assert.Equal(["last"], sink.Written);
    }

    [Fact]
    public async Task An_idle_queue_can_end_without_a_frame()
    {
        var sink = new Sink();
        var queue = new SendQueue(sink, 10);

        queue.AddLast(null, discard: false, out var startNeeded);
        Assert.True(startNeeded);
        queue.Start();

        Assert.Null(await sink.Ended);
    }

    [Fact]
    public async Task A_failed_write_ends_the_queue_and_whoever_waits_for_it()
    {
        var sink = new Sink { Fault = new IOException("gone") };
        var queue = new SendQueue(sink, 1000);
        queue.Add(Frame("a"));
        var drained = queue.WhenDrained();
        queue.Start();
        await sink.Writing();
        sink.Release();

        Assert.IsType<IOException>(await sink.Ended);
        await drained;
        Assert.Equal(SendQueue.Added.Ended, queue.Add(Frame("b")));
        Assert.True(queue.WhenDrained().IsCompleted, "whoever asks later does not wait for what will never be written");
        Assert.Equal(0, queue.Bytes);
    }

    private static OutgoingFrame Frame(string text) => OutgoingFrame.ForText("t", Encoding.ASCII.GetBytes(text), default);

    private sealed class Sink : IFrameSink
    {
        private readonly Channel<bool> _writing = Channel.CreateUnbounded<bool>();
        private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Written { get; } = [];

        public Exception? Fault { get; init; }

        public Task<Exception?> Ended => _ended.Task;

        public async Task Writing() => await _writing.Reader.ReadAsync();

        public void Release() => _released.Writer.TryWrite(true);

        public async ValueTask WriteAsync(List<OutgoingFrame> frames)
        {
            Written.Add(string.Concat(frames.Select(frame => Encoding.ASCII.GetString(frame.Bytes.AsSpan(2)))));
            _writing.Writer.TryWrite(true);
            await _released.Reader.ReadAsync();
            if (Fault is not null)
            {
                throw Fault;
            }
        }

        public void WritingEnded(Exception? fault) => _ended.SetResult(fault);
    }
}
