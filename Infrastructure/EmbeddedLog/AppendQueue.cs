using System.Threading.Channels;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>Gathers appends: while one transaction commits, the next takes everything that has come meanwhile. No timer, so no latency when idle.</summary>
internal sealed class AppendQueue(ILogTables tables) : IAsyncDisposable
{
    private const int MaxEvents = 5_000;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(10_000) { SingleReader = true });
    private readonly Lock _starting = new();
    private Task? _running;

    /// <summary>Completes when the events are durable. Once queued they are not withdrawn.</summary>
    public async Task AppendAsync(TopicEvents events, CancellationToken cancellationToken)
    {
        lock (_starting)
        {
            _running ??= Task.Run(RunAsync, CancellationToken.None);
        }

        var pending = new Pending(events);
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        await pending.Done.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await (_running ?? Task.CompletedTask);
    }

    private async Task RunAsync()
    {
        var group = new List<Pending>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            var events = 0;
            while (events < MaxEvents && _queue.Reader.TryRead(out var pending))
            {
                group.Add(pending);
                events += pending.Events.Events.Count;
            }

            await AppendAsync(group);
            group.Clear();
        }
    }

    private async Task AppendAsync(List<Pending> group)
    {
        try
        {
            await tables.AppendAsync(Merge(group), CancellationToken.None);
            group.ForEach(static pending => pending.Done.SetResult());
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            group.ForEach(pending => pending.Done.SetException(failure));
        }
    }

    /// <summary>One entry a topic, in the order of their names: every process locks the topics' heads alike.</summary>
    private static List<TopicEvents> Merge(List<Pending> group) =>
        [.. group.GroupBy(static pending => pending.Events.Topic)
            .OrderBy(static topic => topic.Key, StringComparer.Ordinal)
            .Select(static topic => new TopicEvents(topic.Key, [.. topic.SelectMany(static pending => pending.Events.Events)], topic.First().Events.At))];

    private sealed class Pending(TopicEvents events)
    {
        public TopicEvents Events => events;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
