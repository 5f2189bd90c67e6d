using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Uploads and files in PostgreSQL. The lock on the upload's row settles the races of its pieces.</summary>
internal sealed class PostgresFileStore(PostgresDatabase database, PostgresFileCompletion completion, OutboxTail tail) : IFileStore
{
    private const string SelectOpen =
        "select count(*), coalesce(sum(file_size), 0)::bigint from files where user_id = $1 and (status = 2 or (status in (0, 1) and expires_at > $2))";

    public Task<NewUploadOutcome> CreateAsync(FileRecord file, UploadQuota quota, CancellationToken cancellationToken) => InTransactionAsync(
        async connection =>
        {
            // Two uploads of one user that are opened at once must see each other.
            await connection.Command("select 1 from users where id = $1 for no key update").Text(file.UserId).FirstAsync(static row => row.GetInt32(0), cancellationToken);
            var (uploads, bytes) = await connection
                .Command(SelectOpen).Text(file.UserId).Time(file.CreatedAt)
                .FirstAsync(static row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken);
            if (uploads >= quota.Uploads)
            {
                return NewUploadOutcome.TooManyUploads;
            }

            if (bytes + file.FileSize > quota.Bytes)
            {
                return NewUploadOutcome.TooManyBytes;
            }

            await connection.InsertFileAsync(file, cancellationToken);
            return NewUploadOutcome.Created;
        },
        cancellationToken);

    public Task<FileRecord?> FindAsync(string fileId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => connection.FindFileAsync(fileId, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredChunk>> ListChunksAsync(string fileId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredChunk>>(async connection => await connection.ListChunksAsync(fileId, cancellationToken), cancellationToken);

    public Task<NewChunkOutcome> AddChunkAsync(string fileId, StoredChunk chunk, DateTimeOffset now, CancellationToken cancellationToken) => InTransactionAsync(
        async connection =>
        {
            var file = await connection.LockFileAsync(fileId, cancellationToken);
            if (file is null || !file.IsOpen || file.ExpiresAt <= now)
            {
                return new NewChunkOutcome(file, null);
            }

            if (!await connection.InsertChunkAsync(fileId, chunk, now, cancellationToken))
            {
                return new NewChunkOutcome(file, (await connection.ListChunksAsync(fileId, cancellationToken)).Single(known => known.Number == chunk.Number));
            }

            await connection.Command("update files set status = 1, uploaded_chunks = uploaded_chunks + 1, updated_at = $2 where id = $1").Text(fileId).Time(now)
                .RunAsync(cancellationToken);
            return new NewChunkOutcome(
                file with { Status = FileStatus.Uploading, UploadedChunks = file.UploadedChunks + 1, UpdatedAt = now }, chunk);
        },
        cancellationToken);

    public Task<FileRecord?> CloseAsync(string fileId, string storageKey, string? contentSha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update =
            """
            update files
            set status = 2, storage_key = $2, content_sha256 = coalesce($3, content_sha256), error = null, updated_at = $4
            where id = $1 and (status in (0, 1) or (status = 4 and error = 'merge_failed')) and expires_at > $4
              and file_size = (select coalesce(sum(chunk_size), 0) from file_chunks where file_id = $1)
            """;
        return InTransactionAsync(
            async connection =>
            {
                await connection.LockFileAsync(fileId, cancellationToken);
                await connection.Command(update).Text(fileId).Text(storageKey).Text(contentSha256).Time(now).RunAsync(cancellationToken);
                return await connection.FindFileAsync(fileId, cancellationToken);
            },
            cancellationToken);
    }

    public async Task<FileRecord?> CompleteAsync(
        string fileId, string storageKey, string contentSha256, bool composed, OutboxRow outbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var completed = await InTransactionAsync(
            connection => completion.RunAsync(connection, fileId, storageKey, contentSha256, composed, outbox, now, cancellationToken), cancellationToken);
        tail.Add(completed.Offset, completed.Rows);
        return completed.File;
    }

    public Task<bool> FailAsync(string fileId, string? storageKey, string error, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string update = "update files set status = 4, error = $3, storage_key = null, updated_at = $4 where id = $1 and status = 2 and ($2 is null or storage_key = $2)";
        return database.WriteAsync(
            async connection => await connection.Command(update).Text(fileId).Text(storageKey).Text(error).Time(now).RunAsync(cancellationToken) > 0, cancellationToken);
    }

    public Task DeleteChunksAsync(string fileId, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command("delete from file_chunks where file_id = $1").Text(fileId).RunAsync(cancellationToken), cancellationToken);

    public Task<IReadOnlyList<StoredPart>?> DeleteAsync(string fileId, DateTimeOffset? expiredBy, CancellationToken cancellationToken) =>
        InTransactionAsync<IReadOnlyList<StoredPart>?>(
            async connection =>
            {
                var file = await connection.LockFileAsync(fileId, cancellationToken);
                if (file is not { Status: FileStatus.Pending or FileStatus.Uploading or FileStatus.Failed } || file.ExpiresAt >= expiredBy)
                {
                    return null;
                }

                var chunks = await connection.ListChunksAsync(fileId, cancellationToken);
                await connection.Command("delete from files where id = $1").Text(fileId).RunAsync(cancellationToken);
                return [.. chunks.Select(static chunk => new StoredPart(chunk.StorageKey, chunk.Size))];
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        const string select = "select id from files where status in (0, 1, 4) and expires_at < $1 order by expires_at limit $2";
        return database.ReadAsync<IReadOnlyList<string>>(
            async connection => await connection.Command(select).Time(before).Long(limit).ListAsync(static row => row.GetString(0), cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<FileRecord>> TakeStalledAsync(DateTimeOffset before, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string update =
            $"""
            update files
            set updated_at = $2
            where id = any(array(
              select id from files where status = 2 and updated_at < $1 order by updated_at limit $3 for update skip locked))
            returning {PostgresFileRows.Columns}
            """;
        return database.WriteAsync<IReadOnlyList<FileRecord>>(
            async connection => await connection.Command(update).Time(before).Time(now).Long(limit).ListAsync(PostgresFileRows.Read, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlySet<string>> FindReferencedAsync(IReadOnlyCollection<string> storageKeys, CancellationToken cancellationToken)
    {
        const string select =
            """
            select storage_key from files where storage_key = any($1)
            union
            select storage_key from file_chunks where storage_key = any($1)
            """;
        return database.ReadAsync<IReadOnlySet<string>>(
            async connection =>
                (await connection.Command(select).Texts(storageKeys).ListAsync(static row => row.GetString(0), cancellationToken)).ToHashSet(StringComparer.Ordinal),
            cancellationToken);
    }

    public Task AuditAsync(string actor, string action, string detail, DateTimeOffset now, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command("insert into audit_log (id, actor, action, subject, detail, created_at) values ($1, $2, $3, 'files', $4, $5)")
            .Text(Guid.CreateVersion7(now).ToString()).Text(actor).Text(action).Text(detail).Time(now)
            .RunAsync(cancellationToken),
        cancellationToken);

    private Task<T> InTransactionAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await work(connection);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        },
        cancellationToken);
}
