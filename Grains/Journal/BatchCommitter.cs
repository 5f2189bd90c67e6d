using System.Diagnostics;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Grains.Journal;

/// <summary>
/// Commits one batch. The happy path is one attempt. When the store answers with conflicts, duplicates get the stored answer, fenced conversations go back to their grains and everyone else
/// is renumbered and tried again at once; after two such rounds the conversations that conflicted go alone, so that they cannot hold up the others.
/// </summary>
internal sealed partial class BatchCommitter(IConversationStore store, TimeProvider time, ILogger log)
{
    private const int SharedRounds = 2;

    private readonly Dictionary<string, StoredMessage> _known = new(StringComparer.Ordinal);

    /// <summary>Settles every append in the batch. False when the store is not available.</summary>
    public async Task<bool> CommitAsync(IReadOnlyList<PendingAppend> batch)
    {
        _known.Clear();
        var open = new List<PendingAppend>(batch);
        for (var round = 0; open.Count > 0; round++)
        {
            var attempt = new BatchAttempt(open, _known, time.GetUtcNow());
            if (attempt.Appends.Count > 0)
            {
                var conflicting = await TryAsync(attempt, open);
                if (conflicting is null)
                {
                    return false;
                }

                if (round >= SharedRounds && conflicting.Count > 0 && !await CommitAloneAsync(open, conflicting))
                {
                    return false;
                }
            }

            open.RemoveAll(Finish);
        }

        return true;
    }

    /// <summary>Fails every append that has no answer yet.</summary>
    public static void Refuse(IEnumerable<PendingAppend> appends, Exception cause)
    {
        foreach (var append in appends)
        {
            append.TrySetException(cause is StoreUnavailableException or CommitOutcomeUnknownException ? StoreErrors.Refusal(cause) : cause);
        }
    }

    /// <summary>One attempt: the conversations that conflicted (none when committed), or null when the store is not available and everything has been refused.</summary>
    private async Task<IReadOnlySet<string>?> TryAsync(BatchAttempt attempt, List<PendingAppend> open)
    {
        var started = time.GetTimestamp();
        try
        {
            var conflicts = await AppendAsync(attempt.Appends);
            if (conflicts.Committed)
            {
                Telemetry.JournalBatchSize.Record(attempt.MessageCount);
                Telemetry.JournalCommitDuration.Record(time.GetElapsedTime(started).TotalSeconds);
                Telemetry.MessagesAccepted.Add(attempt.MessageCount);
                attempt.Commit(_known);
                return new HashSet<string>();
            }

            return attempt.Apply(conflicts, _known);
        }
        catch (StoreUnavailableException cause)
        {
            LogUnavailable(log, attempt.MessageCount, cause);
            Refuse(open, cause);
            return null;
        }
        catch (CommitOutcomeUnknownException cause)
        {
            LogUnknown(log, attempt.MessageCount, cause);
            attempt.FenceAll();
            Refuse(open, cause);
            return null;
        }
        catch (Exception cause) when (attempt.Appends.Count > 1)
        {
            // Something in this batch cannot be written. Alone, each conversation answers for itself.
            LogRejected(log, attempt.MessageCount, cause);
            var all = attempt.Appends.Select(append => append.ConversationId).ToHashSet();
            return await CommitAloneAsync(open, all) ? new HashSet<string>() : null;
        }
        catch (Exception cause)
        {
            LogRejected(log, attempt.MessageCount, cause);
            Refuse(attempt.Participants, cause);
            return new HashSet<string>();
        }
    }

    private async Task<AppendConflicts> AppendAsync(IReadOnlyList<ConversationAppend> appends)
    {
        var spans = SpansOfCauses.Start("commit message", ActivityKind.Internal, appends.SelectMany(static append => append.Messages).Select(static row => row.Outbox.TraceParent));
        Exception? failure = null;
        try
        {
            return await store.AppendAsync(appends, CancellationToken.None);
        }
        catch (Exception cause)
        {
            failure = cause;
            throw;
        }
        finally
        {
            SpansOfCauses.End(spans, failure);
        }
    }

    /// <summary>Commits conversations one by one; each round of one settles at least one message, so that it ends.</summary>
    private async Task<bool> CommitAloneAsync(List<PendingAppend> open, IReadOnlySet<string> conversations)
    {
        foreach (var conversation in conversations)
        {
            while (true)
            {
                var own = open.Where(append => append.Appender.ConversationId == conversation && !append.Task.IsCompleted && !append.IsSettled).ToList();
                var attempt = new BatchAttempt(own, _known, time.GetUtcNow());
                if (attempt.Appends.Count == 0)
                {
                    break;
                }

                var conflicting = await TryAsync(attempt, open);
                if (conflicting is null)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Finish(PendingAppend append)
    {
        if (append.IsSettled)
        {
            append.Complete();
        }
        else if (append.Appender.IsFenced)
        {
            append.CompleteFenced();
        }

        return append.Task.IsCompleted;
    }

    [LoggerMessage(101, LogLevel.Warning, "A batch of {Messages} messages was refused: the store is not available")]
    private static partial void LogUnavailable(ILogger log, int messages, Exception cause);

    [LoggerMessage(102, LogLevel.Warning, "The connection was lost while committing a batch of {Messages} messages; its conversations reload before they write again")]
    private static partial void LogUnknown(ILogger log, int messages, Exception cause);

    [LoggerMessage(103, LogLevel.Error, "The store rejected a batch of {Messages} messages")]
    private static partial void LogRejected(ILogger log, int messages, Exception cause);
}
