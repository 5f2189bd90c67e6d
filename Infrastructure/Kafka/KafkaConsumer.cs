using System.Diagnostics;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Kafka;

/// <summary>
/// A member of a group. A thread of its own polls all the time, so that the member stays in the group however long its worker takes; when too much waits for the worker it pauses the
/// partitions. Only what the worker says is committed, and once more when partitions are taken away.
/// </summary>
internal sealed partial class KafkaConsumer : ILogConsumer
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PausedPoll = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>How long a partition that is to go waits for attempts under way: the group's other members wait for it too.</summary>
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly string _topic;
    private readonly string _groupId;
    private readonly ILogger<KafkaConsumer> _log;
    private readonly PartitionShare _share;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _committing = new(1);
    private readonly SemaphoreSlim _asking = new(1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConsumer<string, byte[]>? _consumer;
    private bool _isPaused;
    private long _lastLook = Stopwatch.GetTimestamp();

    public KafkaConsumer(KafkaClients clients, KafkaOptions options, string topic, string groupId, ILogger<KafkaConsumer> log)
    {
        (_clients, _topic, _groupId, _log) = (clients, topic, groupId, log);
        _share = new PartitionShare(options.MaxPrefetched);
        new Thread(Run) { IsBackground = true, Name = $"kafka {groupId}" }.Start();
    }

    /// <summary>It is closed, or about to be.</summary>
    public bool HasLeft => _stopping.IsCancellationRequested;

    public async Task<IReadOnlyList<LogRecord>> ReadAsync(int max, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        return await _share.TakeAsync(max, either.Token);
    }

    public async Task CommitAsync(IReadOnlyList<LogPosition> done, CancellationToken cancellationToken)
    {
        _share.Note(done);

        // The polling thread commits too, what was refused before.
        await _committing.WaitAsync(cancellationToken);
        try
        {
            if (_consumer is { } consumer && _share.Uncommitted() is { Count: > 0 } positions)
            {
                await Task.Run(() => Commit(consumer, positions), CancellationToken.None);
            }
        }
        finally
        {
            _committing.Release();
        }
    }

    /// <summary>
    /// Records of the partitions behind what the group committed; from the oldest where it committed nothing. The client of administration could be asked for the same, but librdkafka aborts
    /// the process when the brokers go away while it asks a group's coordinator (its issues 3663 and 4605). Throws <see cref="KafkaException"/> when nobody answers, or this has left.
    /// </summary>
    public async Task<long> ReadLagAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        return await Task.Run(
            () =>
            {
                try
                {
                    return Lag(partitions);
                }
                finally
                {
                    _asking.Release();
                }
            },
            CancellationToken.None).WaitAsync(cancellationToken);
    }

    public bool TryHold(LogRecord record) => _share.TryHold(record);

    public void LetGo(LogRecord record) => _share.LetGo(record);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _ended.Task.WaitAsync(Farewell).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private long Lag(IReadOnlyList<TopicPartition> partitions)
    {
        // The times that stand for both ends of a partition in Kafka's protocol.
        const int latest = -1;
        const int earliest = -2;
        var committed = Client().Committed(partitions, KafkaClients.AnswerTimeout)
            .Where(static place => place.Offset.Value >= 0).ToDictionary(static place => place.TopicPartition, static place => place.Offset.Value);
        var ends = OffsetsAt(latest, partitions);
        var starts = OffsetsAt(earliest, [.. partitions.Where(partition => !committed.ContainsKey(partition))]);
        return ends.Sum(end => Math.Max(0, end.Value - (committed.TryGetValue(end.Key, out var done) ? done : starts.GetValueOrDefault(end.Key))));

        Dictionary<TopicPartition, long> OffsetsAt(long time, IReadOnlyList<TopicPartition> places) => places.Count == 0
            ? []
            : Client().OffsetsForTimes(places.Select(place => new TopicPartitionTimestamp(place, new Timestamp(time, TimestampType.NotAvailable))), KafkaClients.AnswerTimeout)
                .ToDictionary(static place => place.TopicPartition, static place => place.Offset.Value);

        // Whoever stops waits for one question at most.
        IConsumer<string, byte[]> Client() => _consumer is { } consumer && !HasLeft ? consumer : throw new KafkaException(new Error(Confluent.Kafka.ErrorCode.Local_State, $"{_groupId} has no client now"));
    }

    /// <summary>The polling thread: a client that breaks for good is replaced.</summary>
    private void Run()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                RunClient();
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                LogBroken(_log, _groupId, failure);
                _stopping.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(1));
            }
        }

        _ended.SetResult();
    }

    private void RunClient()
    {
        using var consumer = _clients.Consumer(_groupId)
            .SetErrorHandler((_, error) => LogError(_log, _groupId, error.Reason))
            .SetPartitionsAssignedHandler(OnAssigned)
            .SetPartitionsRevokedHandler((client, revoked) => OnRevoked(client, [.. revoked.Select(static place => place.Partition.Value)]))
            .SetPartitionsLostHandler((_, lost) => _share.Remove([.. lost.Select(static place => place.Partition.Value)]))
            .Build();
        consumer.Subscribe(_topic);
        _consumer = consumer;
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                PollOnce(consumer);
            }
        }
        finally
        {
            Leave(consumer);
        }
    }

    private void PollOnce(IConsumer<string, byte[]> consumer)
    {
        PauseOrResume(consumer);
        CommitWhatWasRefused(consumer);
        try
        {
            if (consumer.Consume(_isPaused ? TimeSpan.Zero : Poll) is { Message: not null } record)
            {
                Take(record);
            }
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal)
        {
            LogError(_log, _groupId, failure.Error.Reason);
        }
    }

    /// <summary>
    /// A worker that is behind by a moment is only waited for, while librdkafka fetches a few megabytes ahead: going on after a pause costs it up to a second. Where it takes longer,
    /// the partitions pause and polling goes on.
    /// </summary>
    private void PauseOrResume(IConsumer<string, byte[]> consumer)
    {
        if (_isPaused)
        {
            if (_share.WaitForRoom(PausedPoll))
            {
                Resume(consumer);
            }
        }
        else if (_share.IsFull && !_share.WaitForRoom(Patience))
        {
            consumer.Pause(consumer.Assignment);
            _isPaused = true;
        }
    }

    /// <summary>A commit is refused while the group changes. It goes with the next one; where none comes, because nothing more is to be done, with this.</summary>
    private void CommitWhatWasRefused(IConsumer<string, byte[]> consumer)
    {
        if (Stopwatch.GetElapsedTime(_lastLook) < Patience || !_committing.Wait(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            _lastLook = Stopwatch.GetTimestamp();
            if (_share.Uncommitted() is { Count: > 0 } positions)
            {
                Commit(consumer, positions);
            }
        }
        catch (KafkaException refused)
        {
            LogError(_log, _groupId, refused.Error.Reason);
        }
        finally
        {
            _committing.Release();
        }
    }

    private void Resume(IConsumer<string, byte[]> consumer)
    {
        consumer.Resume(consumer.Assignment);
        _isPaused = false;
    }

    private void Take(ConsumeResult<string, byte[]> record)
    {
        try
        {
            _share.Arrive(KafkaRecords.ToRecord(record));
        }
        catch (JsonException foreign)
        {
            LogForeign(_log, record.TopicPartitionOffset.ToString(), foreign);
            _share.PassOver(new LogPosition(record.Partition.Value, record.Offset.Value));
        }
    }

    private void OnAssigned(IConsumer<string, byte[]> consumer, List<TopicPartition> assigned)
    {
        if (_isPaused)
        {
            // What comes in is not paused; all are, or none.
            Resume(consumer);
        }

        _share.Add(assigned.Select(static place => place.Partition.Value));
        LogAssigned(_log, _groupId, assigned.Count);
    }

    private void OnRevoked(IConsumer<string, byte[]> consumer, int[] revoked)
    {
        if (!_share.Quiesce(revoked, Handover))
        {
            LogStillAtWork(_log, _groupId, Handover.TotalSeconds);
        }

        var last = _share.Uncommitted(revoked);
        _share.Remove(revoked);
        LogRevoked(_log, _groupId, revoked.Length);
        if (last.Count > 0)
        {
            try
            {
                Commit(consumer, last);
            }
            catch (KafkaException failure)
            {
                LogLastCommit(_log, _groupId, failure);
            }
        }
    }

    private void Commit(IConsumer<string, byte[]> consumer, IReadOnlyList<LogPosition> positions)
    {
        consumer.Commit(positions.Select(position => new TopicPartitionOffset(_topic, position.Partition, position.Offset + 1)));
        _share.Committed(positions);
    }

    /// <summary>Leaves the group at once, so that the others need not wait for a session to end. Waits for a commit or a question under way, which use the client.</summary>
    private void Leave(IConsumer<string, byte[]> consumer)
    {
        _committing.Wait();
        _asking.Wait();
        try
        {
            _consumer = null;
            consumer.Close();
        }
        catch (KafkaException failure)
        {
            LogLastCommit(_log, _groupId, failure);
        }
        finally
        {
            _asking.Release();
            _committing.Release();
        }
    }

    [LoggerMessage(3221, LogLevel.Information, "{Group}: {Partitions} partitions came")]
    private static partial void LogAssigned(ILogger log, string group, int partitions);

    [LoggerMessage(3222, LogLevel.Information, "{Group}: {Partitions} partitions went")]
    private static partial void LogRevoked(ILogger log, string group, int partitions);

    [LoggerMessage(3223, LogLevel.Warning, "{Group}: {Reason}")]
    private static partial void LogError(ILogger log, string group, string reason);

    [LoggerMessage(3224, LogLevel.Error, "{Group}: the Kafka consumer broke and is made anew")]
    private static partial void LogBroken(ILogger log, string group, Exception failure);

    [LoggerMessage(3225, LogLevel.Error, "The record at {Place} is no CloudEvents envelope of Chat4All and is passed over")]
    private static partial void LogForeign(ILogger log, string place, Exception foreign);

    [LoggerMessage(3227, LogLevel.Warning, "{Group}: an attempt took longer than {Seconds} s while its partition had to go; another member may make it too")]
    private static partial void LogStillAtWork(ILogger log, string group, double seconds);

    [LoggerMessage(3226, LogLevel.Warning, "{Group}: the last commit failed; some records will be handled once more")]
    private static partial void LogLastCommit(ILogger log, string group, Exception failure);
}
