using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Rows of files and their pieces.</summary>
internal static class SqliteFileRows
{
    private const string Select =
        """
        select id, conversation_id, user_id, filename, file_size, mime_type, checksum_sha256, content_sha256, status, upload_kind, chunk_size, total_chunks, uploaded_chunks,
          storage_key, error, metadata, created_at, expires_at, updated_at, completed_at
        from files
        """;

    private const string Insert =
        """
        insert into files (
          id, conversation_id, user_id, filename, file_size, mime_type, checksum_sha256, status, upload_kind, chunk_size, total_chunks, metadata, created_at, expires_at, updated_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        """;

    public static FileRecord? FindFile(this SqliteSession session, string fileId)
    {
        using var row = session.Prepare($"{Select} where id = ?1").Bind(fileId);
        return row.Read() ? Read(row) : null;
    }

    public static List<FileRecord> ListMerging(this SqliteSession session, DateTimeOffset before, int limit)
    {
        using var rows = session.Prepare($"{Select} where status = 2 and updated_at < ?1 order by updated_at limit ?2").Bind(before).Bind(limit);
        var files = new List<FileRecord>();
        while (rows.Read())
        {
            files.Add(Read(rows));
        }

        return files;
    }

    public static void InsertFile(this SqliteSession session, FileRecord file) => session.Prepare(Insert)
        .Bind(file.FileId).Bind(file.ConversationId).Bind(file.UserId).Bind(file.Filename).Bind(file.FileSize).Bind(file.MimeType).Bind(file.ChecksumSha256)
        .Bind((long)file.Status).Bind((long)file.Kind).Bind(file.ChunkSize).Bind(file.TotalChunks).Bind(file.Metadata)
        .Bind(file.CreatedAt).Bind(file.ExpiresAt).Bind(file.UpdatedAt)
        .Execute();

    public static List<StoredChunk> ListChunks(this SqliteSession session, string fileId)
    {
        using var rows = session.Prepare("select chunk_number, chunk_size, checksum_sha256, storage_key from file_chunks where file_id = ?1 order by chunk_number").Bind(fileId);
        var chunks = new List<StoredChunk>();
        while (rows.Read())
        {
            chunks.Add(new StoredChunk(rows.Int(0), rows.Int(1), rows.Text(2), rows.Text(3)));
        }

        return chunks;
    }

    public static bool InsertChunk(this SqliteSession session, string fileId, StoredChunk chunk, DateTimeOffset now)
    {
        const string insert =
            """
            insert into file_chunks (id, file_id, chunk_number, chunk_size, storage_key, checksum_sha256, uploaded_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            on conflict (file_id, chunk_number) do nothing
            """;
        return session.Prepare(insert)
            .Bind(Guid.CreateVersion7(now).ToString()).Bind(fileId).Bind(chunk.Number).Bind(chunk.Size).Bind(chunk.StorageKey).Bind(chunk.Sha256).Bind(now)
            .Execute() > 0;
    }

    private static FileRecord Read(SqliteStatement row) => new()
    {
        FileId = row.Text(0),
        ConversationId = row.Text(1),
        UserId = row.Text(2),
        Filename = row.Text(3),
        FileSize = row.Long(4),
        MimeType = row.Text(5),
        ChecksumSha256 = row.TextOrNull(6),
        ContentSha256 = row.TextOrNull(7),
        Status = (FileStatus)row.Int(8),
        Kind = (UploadKind)row.Int(9),
        ChunkSize = row.Int(10),
        TotalChunks = row.Int(11),
        UploadedChunks = row.Int(12),
        StorageKey = row.TextOrNull(13),
        Error = row.TextOrNull(14),
        Metadata = row.TextOrNull(15),
        CreatedAt = row.Time(16),
        ExpiresAt = row.Time(17),
        UpdatedAt = row.Time(18),
        CompletedAt = row.TimeOrNull(19),
    };
}
