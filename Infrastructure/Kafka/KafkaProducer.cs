using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// Appends events and waits for their delivery reports. An event that the cluster does not take in time stays on its way, in its place: appending it again means waiting for it, or for
/// nothing when it has arrived since, so that events of a key keep their order however often they are tried, and a cluster that is slow gets them once as a rule. What is to go in once more
/// on purpose says so (<see cref="LogEvent.IsRepeat"/>).
/// </summary>
internal sealed partial class KafkaProducer : IDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly KafkaOptions _options;
    private readonly ILogger<KafkaProducer> _log;
    private readonly ConcurrentDictionary<(string Topic, string EventId), Task> _unanswered = new();
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
            var delivery = !one.IsRepeat && _unanswered.TryGetValue((topic, one.Id), out var earlier) ? earlier : producer.ProduceAsync(topic, KafkaRecords.ToMessage(one), CancellationToken.None);
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
            Remember(producer, topic, events, deliveries);
            throw new KafkaRefusedException($"Kafka did not take the event within {_options.DeliveryTimeout.TotalSeconds:0.#} s{LastError()}.");
        }
        catch (KafkaException refused)
        {
            Remember(producer, topic, events, deliveries);
            throw new KafkaRefusedException($"Kafka refused: {refused.Error.Reason}", refused);
        }
        catch
        {
            Remember(producer, topic, events, deliveries);
            throw;
        }

        foreach (var one in events.Where(static one => !one.IsRepeat))
        {
            _unanswered.TryRemove((topic, one.Id), out _);
        }
    }

    public void Dispose() => Retire(_producer);

    /// <summary>
    /// Keeps the deliveries of an append that failed, until it is made again: those still open, and those that have arrived. A delivery that failed is forgotten, and so are all of a producer
    /// that was replaced: they may never be reported.
    /// </summary>
    private void Remember(IProducer<string, byte[]> producer, string topic, IReadOnlyList<LogEvent> events, List<Task> deliveries)
    {
        lock (_replacing)
        {
            if (producer == _producer)
            {
                RememberCurrent(topic, events, deliveries);
            }
        }
    }

    private void RememberCurrent(string topic, IReadOnlyList<LogEvent> events, List<Task> deliveries)
    {
        if (_unanswered.Count > 2 * _options.MaxInFlight)
        {
            // Whoever was told of their failure never came back.
            foreach (var arrived in _unanswered.Where(static one => one.Value.IsCompleted))
            {
                _unanswered.TryRemove(arrived);
            }
        }

        for (var i = 0; i < deliveries.Count; i++)
        {
            var place = (topic, events[i].Id);
            if (!events[i].IsRepeat && _unanswered.TryAdd(place, deliveries[i]))
            {
                _ = deliveries[i].ContinueWith(
                    failed => _unanswered.TryRemove(new(place, failed)),
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.NotOnRanToCompletion,
                    TaskScheduler.Default);
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
                    _unanswered.Clear();
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
