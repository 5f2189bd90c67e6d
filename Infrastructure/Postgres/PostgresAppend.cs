using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>
/// The hot path: a journal batch in one statement, one round trip and one commit. The statement is its own transaction; when a fence fails or an id exists it raises,
/// which takes everything back, and only then is it worth asking why.
/// </summary>
internal sealed class PostgresAppend(PostgresDatabase database, OutboxPlacement placement, OutboxTail tail)
{
    private const int Attempts = 3;

    // The heads move first, because the outermost query needs their number, one after the other in the order of the array: ids ascending, the same for every process,
    // so that two batches that share conversations cannot wait for each other. The log's head is taken last and held until the commit: offsets follow the commits.
    private const string Heads =
        """
        with heads as (
          update conversations c
          set last_seq = i.head, last_activity_at = i.at
          from unnest($1, $2, $3, $4) i (id, expected, head, at)
          where c.id = any(array[i.id]) and c.last_seq = i.expected
          returning 1
        ), inserted as (
          insert into messages (id, conversation_id, seq, sender_id, recipients, kind, payload, channels, priority, status, reply_to, metadata, created_at)
          select * from unnest($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ),
        """;

    private const string EventsInLog =
        """
        place as (
          update event_log_heads
          set next_offset = next_offset + cardinality($18)
          where topic = 'message_processing'
          returning next_offset - cardinality($18) - 1 as before
        ), events as (
          insert into outbox_events (
            id, aggregate_type, aggregate_id, event_type, payload, created_at, published_at, published, conversation_id, seq, traceparent, log_partition, log_offset)
          select i.id, i.kind, i.aggregate, i.type, i.payload, i.at, i.at, true, i.conversation, i.seq, i.trace, i.part, place.before + i.n
          from place, unnest($18, $19, $20, $21, $22, $17, $6, $7, $27, $28) with ordinality
            i (id, kind, aggregate, type, payload, at, conversation, seq, trace, part, n)
        ),
        """;

    private const string EventsElsewhere =
        """
        events as (
          insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, created_at, conversation_id, seq, traceparent)
          select * from unnest($18, $19, $20, $21, $22, $17, $6, $7, $27)
        ),
        """;

    private const string Cursors =
        """
        cursors as (
          update conversation_members m
          set last_read_seq = i.seq, last_read_at = i.at
          from unnest($23, $24, $25, $26) i (conversation_id, user_id, seq, at)
          where m.conversation_id = any(array[i.conversation_id]) and m.user_id = any(array[i.user_id]) and m.last_read_seq < i.seq
        )
        """;

    private const string AppendInLog =
        $"""
        {Heads} {EventsInLog} {Cursors}
        select case count(*) when cardinality($1) then (select before + 1 from place) else append_fenced() end
        from heads
        """;

    private const string AppendElsewhere =
        $"""
        {Heads} {EventsElsewhere} {Cursors}
        select case count(*) when cardinality($1) then 0 else append_fenced() end::bigint
        from heads
        """;

    private const string Join =
        """
        insert into conversation_members (conversation_id, user_id, role, joined_seq, joined_at, last_read_seq)
        values ($1, $2, $3, $4, $5, $4)
        on conflict (conversation_id, user_id) do update set role = excluded.role
        """;

    private const string Leave = "delete from conversation_members where conversation_id = $1 and user_id = $2";

    public async Task<AppendConflicts> WriteAsync(IReadOnlyList<ConversationAppend> batch, CancellationToken cancellationToken)
    {
        database.EnsureWritable();
        batch = InLockOrder(batch);
        var parameters = new AppendParameters(batch, placement);
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await PostgresDatabase.OpenAsync(database.Writers, cancellationToken);
            try
            {
                return await WriteAsync(connection, batch, parameters);
            }
            catch (Exception failure) when (attempt < Attempts && PostgresFailures.IsContention(failure))
            {
            }
            catch (Exception failure)
            {
                throw PostgresFailures.OfWrite(failure);
            }
        }
    }

    // Nothing here takes the caller's token: once sent, a batch is not withdrawn, and the command's timeout bounds the wait.
    private async Task<AppendConflicts> WriteAsync(NpgsqlConnection connection, IReadOnlyList<ConversationAppend> batch, AppendParameters parameters)
    {
        try
        {
            await using var statements = Statements(connection, batch, parameters);
            await using var results = await statements.ExecuteReaderAsync(CancellationToken.None);
            await results.ReadAsync(CancellationToken.None);
            var firstOffset = results.GetInt64(0);
            while (await results.NextResultAsync(CancellationToken.None))
            {
            }

            tail.Add(firstOffset, OutboxTail.RowsOf(batch));
            return AppendConflicts.None;
        }
        catch (PostgresException refused) when (refused.SqlState is FencedState or PostgresErrorCodes.UniqueViolation)
        {
            var conflicts = await PostgresConflicts.FindAsync(connection, parameters);

            // The id that stood in the way may have been rolled back since; then the next attempt goes through.
            return conflicts.Committed ? throw new InvalidOperationException("The batch names a conversation or a message twice.", refused) : conflicts;
        }
    }

    private const string FencedState = "C4F01";

    // Several statements of one batch share one round trip and one transaction.
    private NpgsqlBatch Statements(NpgsqlConnection connection, IReadOnlyList<ConversationAppend> batch, AppendParameters parameters)
    {
        var append = new NpgsqlBatchCommand(placement.InLog ? AppendInLog : AppendElsewhere);
        parameters.AddTo(append.Parameters);
        var statements = new NpgsqlBatch(connection) { BatchCommands = { append } };
        foreach (var conversation in batch)
        {
            foreach (var change in conversation.MemberChanges)
            {
                statements.BatchCommands.Add(Change(conversation.ConversationId, change));
            }
        }

        return statements;
    }

    private static NpgsqlBatchCommand Change(string conversationId, MemberChange change)
    {
        var command = new NpgsqlBatchCommand(change.Joins ? Join : Leave);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = conversationId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = change.UserId });
        if (change.Joins)
        {
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)change.Role });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = change.Seq });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = change.At.UtcDateTime });
        }

        return command;
    }

    private static IReadOnlyList<ConversationAppend> InLockOrder(IReadOnlyList<ConversationAppend> batch)
    {
        for (var i = 1; i < batch.Count; i++)
        {
            if (string.CompareOrdinal(batch[i - 1].ConversationId, batch[i].ConversationId) > 0)
            {
                return [.. batch.OrderBy(static append => append.ConversationId, StringComparer.Ordinal)];
            }
        }

        return batch;
    }
}
