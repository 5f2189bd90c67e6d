using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Moves one member's cursor and tells the outbox what everybody has read by that.</summary>
internal static class PostgresReadCursor
{
    // Receipts of one conversation come one after the other, so that of two members who read the last message at once, one is told that it became read.
    private const string Serialize = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    private const string Move =
        """
        with before as materialized (
          select m.last_read_seq, coalesce(m.last_read_at, m.joined_at) as read_at, least(coalesce($3, c.last_seq), c.last_seq) as target
          from conversation_members m
          join conversations c on c.id = any(array[m.conversation_id])
          where m.conversation_id = $1 and m.user_id = $2
        ), moved as (
          update conversation_members m
          set last_read_seq = b.target, last_read_at = $4
          from before b
          where m.conversation_id = $1 and m.user_id = $2 and m.last_read_seq < b.target
          returning m.last_read_seq
        )
        select b.last_read_seq, b.read_at, (select last_read_seq from moved)
        from before b
        """;

    private const string Others =
        """
        select user_id, last_read_seq
        from conversation_members
        where conversation_id = $1 and user_id <> $2
        order by last_read_seq
        limit 2
        """;

    private const string Read =
        """
        select id, seq
        from messages
        where conversation_id = $1 and seq > $2 and seq <= $3
          and channels = 'chat4all' and kind <> 0 and sender_id <> $4
          and (seq <= $5 or sender_id = $6)
        order by seq desc
        limit $7
        """;

    private const string Told = "select aggregate_id from outbox_events where aggregate_id = any($1) and event_type = $2";

    /// <summary>Null when the user is no member. Answers the offset of the first outbox row too.</summary>
    public static async Task<(ReadAdvance? Advance, long FirstOffset)> AdvanceAsync(
        NpgsqlConnection connection, string conversationId, string userId, long? upToSeq, DateTimeOffset now, OutboxPlacement placement, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.Command(Serialize).Text(conversationId).RunAsync(cancellationToken);
        var moved = await connection.Command(Move)
            .Text(conversationId).Text(userId).Add(upToSeq, NpgsqlTypes.NpgsqlDbType.Bigint).Time(now)
            .FirstAsync(static row => (Previous: row.GetInt64(0), At: row.Time(1), Target: row.IsDBNull(2) ? (long?)null : row.GetInt64(2), Found: true), cancellationToken);
        if (!moved.Found)
        {
            return (null, 0);
        }

        if (moved.Target is not { } target)
        {
            return (new ReadAdvance(new ReadCursor(moved.Previous, moved.At), moved.Previous, []), 0);
        }

        var keys = await BecameReadAsync(connection, conversationId, userId, moved.Previous, target, cancellationToken);
        var told = keys.Count == 0 ? [] : await connection.Command(Told).Texts(keys.Select(static key => key.MessageId)).Text(StatusRows.ReadEvent)
            .ListAsync(static row => row.GetString(0), cancellationToken);
        var became = StatusRows.BecameRead(conversationId, keys, told.ToHashSet(StringComparer.Ordinal), now);
        var firstOffset = became.Count == 0 ? 0 : await WriteAsync(connection, became, now, placement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (new ReadAdvance(new ReadCursor(target, now), moved.Previous, became), firstOffset);
    }

    /// <summary>Last in its transaction, because it takes the log's head; only when a message became read.</summary>
    private static async Task<long> WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<StatusChange> became, DateTimeOffset now, OutboxPlacement placement, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { PostgresStatusEvents.Write(became, now, placement) } };
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? rows.GetInt64(0) : 0;
    }

    private static async Task<List<MessageKey>> BecameReadAsync(
        NpgsqlConnection connection, string conversationId, string userId, long previous, long target, CancellationToken cancellationToken)
    {
        var slowest = await connection.Command(Others).Text(conversationId).Text(userId)
            .ListAsync(static row => (row.GetString(0), row.GetInt64(1)), cancellationToken);
        var others = ReadersOfMessage.FromAscending(slowest);
        var keys = await connection.Command(Read)
            .Text(conversationId).Long(previous).Long(Math.Min(target, others.NextSeq)).Text(userId).Long(others.SlowestSeq).Text(others.Slowest)
            .Long(ReadersOfMessage.Limit)
            .ListAsync(static row => new MessageKey(row.GetString(0), row.GetInt64(1)), cancellationToken);
        keys.Reverse();
        return keys;
    }
}
