using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Rows of files and their pieces.</summary>
internal static class PostgresFileRows
{
    public const string Columns =
        """
        id, conversation_id, user_id, filename, file_size, mime_type, checksum_sha256, content_sha256, status, upload_kind, chunk_size, total_chunks, uploaded_chunks,
        storage_key, error, metadata, created_at, expires_at, updated_at, completed_at
        """;

    private const string Insert =
        """
        insert into files (
          id, conversation_id, user_id, filename, file_size, mime_type, checksum_sha256, status, upload_kind, chunk_size, total_chunks, metadata, created_at, expires_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """;

    public static Task<FileRecord?> FindFileAsync(this NpgsqlConnection connection, string fileId, CancellationToken cancellationToken) =>
        connection.Command($"select {Columns} from files where id = $1").Text(fileId).FirstAsync(Read, cancellationToken);

    /// <summary>The row, held until the transaction ends.</summary>
    public static Task<FileRecord?> LockFileAsync(this NpgsqlConnection connection, string fileId, CancellationToken cancellationToken) =>
        connection.Command($"select {Columns} from files where id = $1 for update").Text(fileId).FirstAsync(Read, cancellationToken);

    public static Task InsertFileAsync(this NpgsqlConnection connection, FileRecord file, CancellationToken cancellationToken) => connection.Command(Insert)
        .Text(file.FileId).Text(file.ConversationId).Text(file.UserId).Text(file.Filename).Long(file.FileSize).Text(file.MimeType).Text(file.ChecksumSha256)
        .Short((short)file.Status).Short((short)file.Kind).Long(file.ChunkSize).Long(file.TotalChunks).Text(file.Metadata)
        .Time(file.CreatedAt).Time(file.ExpiresAt).Time(file.UpdatedAt)
        .RunAsync(cancellationToken);

    public static Task<List<StoredChunk>> ListChunksAsync(this NpgsqlConnection connection, string fileId, CancellationToken cancellationToken) => connection
        .Command("select chunk_number, chunk_size, checksum_sha256, storage_key from file_chunks where file_id = $1 order by chunk_number").Text(fileId)
        .ListAsync(static row => new StoredChunk(row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetString(3)), cancellationToken);

    public static async Task<bool> InsertChunkAsync(this NpgsqlConnection connection, string fileId, StoredChunk chunk, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string insert =
            """
            insert into file_chunks (id, file_id, chunk_number, chunk_size, storage_key, checksum_sha256, uploaded_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (file_id, chunk_number) do nothing
            """;
        return await connection.Command(insert)
            .Text(Guid.CreateVersion7(now).ToString()).Text(fileId).Long(chunk.Number).Long(chunk.Size).Text(chunk.StorageKey).Text(chunk.Sha256).Time(now)
            .RunAsync(cancellationToken) > 0;
    }

    public static FileRecord Read(NpgsqlDataReader row) => new()
    {
        FileId = row.GetString(0),
        ConversationId = row.GetString(1),
        UserId = row.GetString(2),
        Filename = row.GetString(3),
        FileSize = row.GetInt64(4),
        MimeType = row.GetString(5),
        ChecksumSha256 = row.TextOrNull(6),
        ContentSha256 = row.TextOrNull(7),
        Status = (FileStatus)row.GetInt16(8),
        Kind = (UploadKind)row.GetInt16(9),
        ChunkSize = row.GetInt32(10),
        TotalChunks = row.GetInt32(11),
        UploadedChunks = row.GetInt32(12),
        StorageKey = row.TextOrNull(13),
        Error = row.TextOrNull(14),
        Metadata = row.TextOrNull(15),
        CreatedAt = row.Time(16),
        ExpiresAt = row.Time(17),
        UpdatedAt = row.Time(18),
        CompletedAt = row.TimeOrNull(19),
    };
}
