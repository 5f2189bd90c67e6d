using System.Text.Json.Serialization;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files;

/// <summary>The answer to <c>POST /v1/files/initiate</c>.</summary>
internal sealed record InitiatedUpload(string UploadId, string FileId, int TotalChunks, int ChunkSize, DateTime ExpiresAt)
{
    public static InitiatedUpload Of(UploadView upload) =>
        new(upload.UploadId, upload.UploadId, upload.TotalChunks, upload.ChunkSize, upload.ExpiresAt.UtcDateTime);
}

/// <summary>The answer to a chunk.</summary>
internal sealed record ReceivedChunk(string UploadId, int ChunkNumber, int UploadedChunks, int TotalChunks, double Percentage)
{
    public static ReceivedChunk Of(int number, UploadView upload) =>
        new(upload.UploadId, number, upload.UploadedChunks, upload.TotalChunks, FileStatuses.Percentage(upload));
}

/// <summary>How far an upload is.</summary>
internal sealed record UploadStatus
{
    public required string UploadId { get; init; }

    public required string Status { get; init; }

    public required int UploadedChunks { get; init; }

    public required int TotalChunks { get; init; }

    public required double Percentage { get; init; }

    public required int[] MissingChunks { get; init; }

    public required DateTime ExpiresAt { get; init; }

    /// <summary>Once it is completed.</summary>
    public string? FileId { get; init; }

    public string? DownloadUrl { get; init; }

    public DateTime? CompletedAt { get; init; }

    /// <summary>Why it failed: a stable code.</summary>
    public string? Error { get; init; }

    public static UploadStatus Of(UploadView upload)
    {
        var isCompleted = upload.Status == FileStatus.Completed;
        return new UploadStatus
        {
            UploadId = upload.UploadId,
            Status = FileStatuses.Name(upload.Status),
            UploadedChunks = upload.UploadedChunks,
            TotalChunks = upload.TotalChunks,
            Percentage = FileStatuses.Percentage(upload),
            MissingChunks = upload.MissingChunks,
            ExpiresAt = upload.ExpiresAt.UtcDateTime,
            FileId = isCompleted ? upload.UploadId : null,
            DownloadUrl = isCompleted ? FileStatuses.DownloadUrl(upload.UploadId) : null,
            CompletedAt = upload.CompletedAt?.UtcDateTime,
            Error = upload.Error,
        };
    }
}

/// <summary>The answer to <c>POST /v1/files/{upload_id}/complete</c>.</summary>
internal sealed record CompletedUpload(string UploadId, string FileId, string Status, string Message, DateTime EstimatedCompletion)
{
    /// <summary>Bytes a second that a merge is expected to manage at least.</summary>
    private const double Pace = 100_000_000;

    public static CompletedUpload Of(UploadView upload, DateTimeOffset now) => upload.Status == FileStatus.Completed
        ? new(upload.UploadId, upload.UploadId, "completed", "The file is complete.", upload.CompletedAt!.Value.UtcDateTime)
        : new(
            upload.UploadId, upload.UploadId, "merging", "File merge initiated. Check status for completion.",
            now.AddSeconds(Math.Ceiling(1 + (upload.FileSize / Pace))).UtcDateTime);
}

/// <summary>A file.</summary>
internal sealed record FileAnswer
{
    public required string FileId { get; init; }

    public required string ConversationId { get; init; }

    /// <summary>Who uploaded it.</summary>
    public required string UserId { get; init; }

    public required string Filename { get; init; }

    public required long FileSize { get; init; }

    public required string MimeType { get; init; }

    public required string Status { get; init; }

    /// <summary>Of the content, once it is complete.</summary>
    public string? ChecksumSha256 { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? CompletedAt { get; init; }

    public string? DownloadUrl { get; init; }

    public string? Error { get; init; }

    public static FileAnswer Of(UploadView file)
    {
        var isCompleted = file.Status == FileStatus.Completed;
        return new FileAnswer
        {
            FileId = file.UploadId,
            ConversationId = file.ConversationId,
            UserId = file.UserId,
            Filename = file.Filename,
            FileSize = file.FileSize,
            MimeType = file.MimeType,
            Status = FileStatuses.Name(file.Status),
            ChecksumSha256 = isCompleted ? file.ContentSha256 : null,
            CreatedAt = file.CreatedAt.UtcDateTime,
            CompletedAt = file.CompletedAt?.UtcDateTime,
            DownloadUrl = isCompleted ? FileStatuses.DownloadUrl(file.UploadId) : null,
            Error = file.Error,
        };
    }
}

/// <summary>What a collection freed.</summary>
internal sealed record CollectionAnswer(int ExpiredUploads, int DeletedObjects, long FreedBytes);

/// <summary>How the state of an upload is told.</summary>
internal static class FileStatuses
{
    public static string Name(FileStatus status) => status switch
    {
        FileStatus.Pending => "pending",
        FileStatus.Uploading => "uploading",
        FileStatus.Merging => "merging",
        FileStatus.Completed => "completed",
        _ => "failed",
    };

    public static string DownloadUrl(string fileId) => $"/v1/files/{fileId}/content";

    /// <summary>Of the bytes, to one digit; 100 only when all are there.</summary>
    public static double Percentage(UploadView upload) =>
        upload.UploadedBytes >= upload.FileSize ? 100 : Math.Min(99.9, Math.Round(100.0 * upload.UploadedBytes / upload.FileSize, 1));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitiateRequest))]
[JsonSerializable(typeof(InitiatedUpload))]
[JsonSerializable(typeof(ReceivedChunk))]
[JsonSerializable(typeof(UploadStatus))]
[JsonSerializable(typeof(CompletedUpload))]
[JsonSerializable(typeof(FileAnswer))]
[JsonSerializable(typeof(CollectionAnswer))]
internal sealed partial class FilesJson : JsonSerializerContext;
