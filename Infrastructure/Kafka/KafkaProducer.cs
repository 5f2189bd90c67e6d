using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// Appends events and waits for their delivery reports. An event that the cluster does not take in time stays on its way, in its place: appending it again means waiting for it, so
/// that events of a key keep their order however often they are tried.
/// </summary>
internal sealed partial class KafkaProducer : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly KafkaOptions _options;
    private readonly ILogger<KafkaProducer> _log;
    private readonly ConcurrentDictionary<(string Topic, string EventId), Task> _onTheirWay = new();
    private readonly Lock _replacing = new();
    private IProducer<string, byte[]> _producer;
    private volatile Error? _lastError;
    private volatile bool _isBroken;

    public KafkaProducer(KafkaClients clients, KafkaOptions options, ILogger<KafkaProducer> log)
    {
        (_clients, _options, _log) = (clients, options, log);
        _producer = clients.Producer(OnError);
    }

    /// <summary>Throws <see cref="KafkaRefusedException"/> unless the cluster has all events.</summary>
    public async Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        var deliveries = new List<Task>(events.Count);
        var producer = Current();
        foreach (var one in events)
        {
            var delivery = _onTheirWay.TryGetValue((topic, one.Id), out var earlier) ? earlier : producer.ProduceAsync(topic, KafkaRecords.ToMessage(one), CancellationToken.None);
            deliveries.Add(delivery);
            if (delivery.IsFaulted)
            {
                // Refused at once: the queue is full. Nothing may follow behind the gap.
                break;
            }
        }

        try
        {
            await Task.WhenAll(deliveries).WaitAsync(_options.DeliveryTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new KafkaRefusedException($"Kafka did not take the event within {_options.DeliveryTimeout.TotalSeconds:0.#} s{LastError()}.");
        }
        catch (KafkaException refused)
        {
            throw new KafkaRefusedException($"Kafka refused: {refused.Error.Reason}", refused);
        }
        finally
        {
            Remember(topic, events, deliveries);
        }
    }

    public void Dispose() => Retire(_producer);

    /// <summary>Keeps the deliveries that are still open, until they end.</summary>
    private void Remember(string topic, IReadOnlyList<LogEvent> events, List<Task> deliveries)
    {
        for (var i = 0; i < deliveries.Count; i++)
        {
            var place = (topic, events[i].Id);
            var delivery = deliveries[i];
            if (!delivery.IsCompleted && _onTheirWay.TryAdd(place, delivery))
            {
                _ = delivery.ContinueWith(
                    ended => _onTheirWay.TryRemove(new(place, ended)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    /// <summary>The producer; a new one after a fatal error, which fails everything that the old one had on its way.</summary>
    private IProducer<string, byte[]> Current()
    {
        if (_isBroken)
        {
            lock (_replacing)
            {
                if (_isBroken)
                {
                    LogReplaced(_log, _lastError?.Reason);
                    var broken = _producer;
                    _producer = _clients.Producer(OnError);
                    _isBroken = false;
                    _ = Task.Run(() => Retire(broken));
                }
            }
        }

        return Volatile.Read(ref _producer);
    }

    private static void Retire(IProducer<string, byte[]> producer)
    {
        producer.Flush(Farewell);
        producer.Dispose();
    }

    private void OnError(Error error)
    {
        _lastError = error;
        _isBroken |= error.IsFatal;
        LogError(_log, error.Reason, error.IsFatal);
    }

    private string LastError() => _lastError is { } last ? $"; the client's last error: {last.Reason}" : "";

    [LoggerMessage(3202, LogLevel.Warning, "The Kafka producer has an error: {Reason} (fatal: {Fatal})")]
    private static partial void LogError(ILogger log, string reason, bool fatal);

    [LoggerMessage(3203, LogLevel.Error, "The Kafka producer is replaced by a new one after a fatal error: {Reason}")]
    private static partial void LogReplaced(ILogger log, string? reason);
}
