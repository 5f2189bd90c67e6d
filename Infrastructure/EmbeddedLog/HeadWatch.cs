using System.Collections.Concurrent;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.EmbeddedLog;

/// <summary>Looks a few times a second whether another process has written, and raises the signals of those topics. One query for all of them.</summary>
internal sealed class HeadWatch(ILogTables tables, OutboxTail outbox, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, TopicSignal> _watched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private Task? _running;

    public void Watch(string topic, TopicSignal signal)
    {
        _watched[topic] = signal;
        lock (_starting)
        {
            _running ??= Task.Run(RunAsync, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await (_running ?? Task.CompletedTask);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                foreach (var (topic, head) in await tables.ReadHeadsAsync(_stopping.Token))
                {
                    if (topic == Topics.MessageProcessing)
                    {
                        outbox.Reach(head);
                    }

                    if (seen.GetValueOrDefault(topic) != head && _watched.TryGetValue(topic, out var signal))
                    {
                        signal.Reach(head);
                        signal.Raise();
                    }

                    seen[topic] = head;
                }
            }
            catch (Exception failure) when (failure is StoreUnavailableException or OperationCanceledException)
            {
                // Whoever reads finds out too, and says so.
            }

            await Task.Delay(Pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
