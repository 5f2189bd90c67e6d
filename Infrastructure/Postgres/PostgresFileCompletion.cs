using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>The transaction that ends an upload: which object the file has, and the event that tells of it.</summary>
internal sealed class PostgresFileCompletion(OutboxPlacement placement)
{
    private const string Update =
        """
        update files
        set status = 3, content_sha256 = $2, storage_key = coalesce($3, storage_key), error = null, updated_at = $4, completed_at = $4
        where id = $1
        """;

    private const string EventElsewhere =
        """
        insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, created_at, conversation_id, seq, traceparent)
        select $1, $2, $3, $4, $5, $6, id, last_seq, $8
        from conversations
        where id = $7
        returning log_offset, seq
        """;

    // The log's head is taken last and held until the commit: offsets follow the commits.
    private const string EventInLog =
        """
        with place as (
          update event_log_heads
          set next_offset = next_offset + 1
          where topic = 'message_processing'
          returning next_offset - 1 as log_offset
        )
        insert into outbox_events (
          id, aggregate_type, aggregate_id, event_type, payload, created_at, published_at, published, conversation_id, seq, traceparent, log_partition, log_offset)
        select $1, $2, $3, $4, $5, $6, $6, true, c.id, c.last_seq, $8, $9, place.log_offset
        from conversations c, place
        where c.id = $7
        returning log_offset, seq
        """;

    public async Task<FileCompletion> RunAsync(
        NpgsqlConnection connection, string fileId, string storageKey, string contentSha256, bool composed, OutboxRow outbox, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        // Two files of one content that end at once must see each other.
        await connection.Command("select 1 from pg_advisory_xact_lock(hashtextextended($1, 4))").Text(contentSha256).FirstAsync(static row => row.GetInt32(0), cancellationToken);
        if (await connection.LockFileAsync(fileId, cancellationToken) is not { Status: FileStatus.Merging } file || file.StorageKey != storageKey)
        {
            return new FileCompletion(await connection.FindFileAsync(fileId, cancellationToken));
        }

        var shared = await connection
            .Command("select storage_key from files where content_sha256 = $1 and file_size = $2 and status = 3 limit 1").Text(contentSha256).Long(file.FileSize)
            .FirstAsync(static row => row.GetString(0), cancellationToken);
        if (shared is null && !composed)
        {
            return default;
        }

        await connection.Command(Update).Text(fileId).Text(contentSha256).Text(shared).Time(now).RunAsync(cancellationToken);
        var told = await TellAsync(connection, file.ConversationId, outbox, now, cancellationToken);
        return told with { File = await connection.FindFileAsync(fileId, cancellationToken) };
    }

    private async Task<FileCompletion> TellAsync(
        NpgsqlConnection connection, string conversationId, OutboxRow outbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var command = connection.Command(placement.InLog ? EventInLog : EventElsewhere)
            .Add(outbox.Id, NpgsqlDbType.Uuid).Text(outbox.AggregateType).Text(outbox.AggregateId).Text(outbox.EventType)
            .Add(outbox.Payload, NpgsqlDbType.Jsonb).Time(now).Text(conversationId).Text(outbox.TraceParent);
        return await (placement.InLog ? command.Short(placement.Of(conversationId)) : command).FirstAsync(
            row => new FileCompletion(null, row.IsDBNull(0) ? 0 : row.GetInt64(0), OutboxTail.RowOf(outbox, conversationId, row.GetInt64(1), now)), cancellationToken);
    }
}
