using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Uploads and files in SQLite. Its one writer settles every race.</summary>
internal sealed class SqliteFileStore(SqliteDatabase database, OutboxPlacement placement, OutboxTail tail) : IFileStore
{
    private const string SelectOpen =
        "select count(*), coalesce(sum(file_size), 0) from files where user_id = ?1 and (status = 2 or (status in (0, 1) and expires_at > ?2))";

    private const string InsertOutbox =
        """
        insert into outbox_events (id, aggregate_type, aggregate_id, event_type, payload, created_at, conversation_id, seq, traceparent, log_partition, published, published_at)
        select ?1, ?2, ?3, ?4, ?5, ?6, id, last_seq, ?8, ?9, ?9 is not null, iif(?9 is null, null, ?6)
        from conversations
        where id = ?7
        returning log_offset, seq
        """;

    public Task<NewUploadOutcome> CreateAsync(FileRecord file, UploadQuota quota, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            using (var open = session.Prepare(SelectOpen).Bind(file.UserId).Bind(file.CreatedAt))
            {
                open.Read();
                if (open.Long(0) >= quota.Uploads)
                {
                    return NewUploadOutcome.TooManyUploads;
                }

                if (open.Long(1) + file.FileSize > quota.Bytes)
                {
                    return NewUploadOutcome.TooManyBytes;
                }
            }

            session.InsertFile(file);
            return NewUploadOutcome.Created;
        },
        cancellationToken);

    public Task<FileRecord?> FindAsync(string fileId, CancellationToken cancellationToken) => database.ReadAsync(session => session.FindFile(fileId), cancellationToken);

    public Task<IReadOnlyList<StoredChunk>> ListChunksAsync(string fileId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredChunk>>(session => session.ListChunks(fileId), cancellationToken);

    public Task<NewChunkOutcome> AddChunkAsync(string fileId, StoredChunk chunk, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            var file = session.FindFile(fileId);
            if (file is null || !file.IsOpen || file.ExpiresAt <= now)
            {
                return new NewChunkOutcome(file, null);
            }

            if (!session.InsertChunk(fileId, chunk, now))
            {
                return new NewChunkOutcome(file, session.ListChunks(fileId).Single(known => known.Number == chunk.Number));
            }

            session.Prepare("update files set status = 1, uploaded_chunks = uploaded_chunks + 1, updated_at = ?2 where id = ?1").Bind(fileId).Bind(now).Execute();
            return new NewChunkOutcome(session.FindFile(fileId), chunk);
        },
        cancellationToken);

    public Task<FileRecord?> CloseAsync(string fileId, string storageKey, string? contentSha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update =
            """
            update files
            set status = 2, storage_key = ?2, content_sha256 = coalesce(?3, content_sha256), error = null, updated_at = ?4
            where id = ?1 and (status in (0, 1) or (status = 4 and error = 'merge_failed')) and expires_at > ?4
              and file_size = (select coalesce(sum(chunk_size), 0) from file_chunks where file_id = ?1)
            """;
        return database.WriteAsync(
            session =>
            {
                session.Prepare(update).Bind(fileId).Bind(storageKey).Bind(contentSha256).Bind(now).Execute();
                return session.FindFile(fileId);
            },
            cancellationToken);
    }

    public async Task<FileRecord?> CompleteAsync(
        string fileId, string storageKey, string contentSha256, bool composed, OutboxRow outbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update =
            """
            update files
            set status = 3, content_sha256 = ?2, storage_key = coalesce(?3, storage_key), error = null, updated_at = ?4, completed_at = ?4
            where id = ?1
            """;
        var completed = await database.WriteAsync(
            session =>
            {
                if (session.FindFile(fileId) is not { Status: FileStatus.Merging } file || file.StorageKey != storageKey)
                {
                    return new FileCompletion(session.FindFile(fileId));
                }

                var shared = FindShared(session, contentSha256, file.FileSize);
                if (shared is null && !composed)
                {
                    return default;
                }

                session.Prepare(update).Bind(fileId).Bind(contentSha256).Bind(shared).Bind(now).Execute();
                return Tell(session, file.ConversationId, outbox, now) with { File = session.FindFile(fileId) };
            },
            cancellationToken);
        tail.Add(completed.Offset, completed.Rows);
        return completed.File;
    }

    public Task<bool> FailAsync(string fileId, string? storageKey, string error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update = "update files set status = 4, error = ?3, storage_key = null, updated_at = ?4 where id = ?1 and status = 2 and (?2 is null or storage_key = ?2)";
        return database.WriteAsync(session => session.Prepare(update).Bind(fileId).Bind(storageKey).Bind(error).Bind(now).Execute() > 0, cancellationToken);
    }

    public Task DeleteChunksAsync(string fileId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Prepare("delete from file_chunks where file_id = ?1").Bind(fileId).Execute(), cancellationToken);

    public Task<IReadOnlyList<StoredPart>?> DeleteAsync(string fileId, DateTimeOffset? expiredBy, CancellationToken cancellationToken) => database.WriteAsync(
        session =>
        {
            if (session.FindFile(fileId) is not { Status: FileStatus.Pending or FileStatus.Uploading or FileStatus.Failed } file || file.ExpiresAt >= expiredBy)
            {
                return null;
            }

            var chunks = session.ListChunks(fileId);
            session.Prepare("delete from files where id = ?1").Bind(fileId).Execute();
            return (IReadOnlyList<StoredPart>?)[.. chunks.Select(static chunk => new StoredPart(chunk.StorageKey, chunk.Size))];
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var rows = session.Prepare("select id from files where status in (0, 1, 4) and expires_at < ?1 order by expires_at limit ?2").Bind(before).Bind(limit);
                var ids = new List<string>();
                while (rows.Read())
                {
                    ids.Add(rows.Text(0));
                }

                return ids;
            },
            cancellationToken);

    public Task<IReadOnlyList<FileRecord>> TakeStalledAsync(DateTimeOffset before, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<FileRecord>>(
            session =>
            {
                var files = session.ListMerging(before, limit);
                foreach (var file in files)
                {
                    session.Prepare("update files set updated_at = ?2 where id = ?1").Bind(file.FileId).Bind(now).Execute();
                }

                return files;
            },
            cancellationToken);

    public Task<IReadOnlySet<string>> FindReferencedAsync(IReadOnlyCollection<string> storageKeys, CancellationToken cancellationToken)
    {
        const string select = "select exists (select 1 from files where storage_key = ?1) or exists (select 1 from file_chunks where storage_key = ?1)";
        return database.ReadAsync<IReadOnlySet<string>>(
            session => storageKeys
                .Where(key =>
                {
                    using var row = session.Prepare(select).Bind(key);
                    return row.Read() && row.Long(0) != 0;
                })
                .ToHashSet(StringComparer.Ordinal),
            cancellationToken);
    }

    public Task AuditAsync(string actor, string action, string detail, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("insert into audit_log (id, actor, action, subject, detail, created_at) values (?1, ?2, ?3, 'files', ?4, ?5)")
            .Bind(Guid.CreateVersion7(now).ToString()).Bind(actor).Bind(action).Bind(detail).Bind(now)
            .Execute(),
        cancellationToken);

    private FileCompletion Tell(SqliteSession session, string conversationId, OutboxRow outbox, DateTimeOffset now)
    {
        using var placed = session.Prepare(InsertOutbox)
            .Bind(outbox.Id.ToString()).Bind(outbox.AggregateType).Bind(outbox.AggregateId).Bind(outbox.EventType).Bind(outbox.Payload.Span).Bind(now)
            .Bind(conversationId).Bind(outbox.TraceParent).Bind(placement.PartitionOf(conversationId));
        return placed.Read() ? new FileCompletion(null, placed.Long(0), OutboxTail.RowOf(outbox, conversationId, placed.Long(1), now)) : default;
    }

    private static string? FindShared(SqliteSession session, string contentSha256, long size)
    {
        using var row = session.Prepare("select storage_key from files where content_sha256 = ?1 and file_size = ?2 and status = 3 limit 1").Bind(contentSha256).Bind(size);
        return row.Read() ? row.Text(0) : null;
    }
}
