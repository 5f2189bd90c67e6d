using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Microsoft.Net.Http.Headers;

namespace Chat4All.Frontend.Api.Files;

/// <summary>The body of <c>POST /v1/files/initiate</c>.</summary>
internal sealed record InitiateRequest
{
    public string? ConversationId { get; init; }

    public string? Filename { get; init; }

    public long? FileSize { get; init; }

    public string? MimeType { get; init; }

    public string? ChecksumSha256 { get; init; }

    public int? ChunkSize { get; init; }
}

/// <summary>The rules for uploads, for every door.</summary>
internal static class FileRules
{
    public const long MaxFileSize = 2_147_483_648;
    public const int MinChunkSize = 1_048_576;
    public const int MaxChunkSize = 52_428_800;
    public const int DefaultChunkSize = 5_242_880;
    private const int MaxMimeType = 127;

    /// <summary>Throws <c>validation_failed</c> with every finding, or 413 <c>file_too_large</c>.</summary>
    public static InitiateUpload Check(InitiateRequest request, string userId, UploadKind kind = UploadKind.Chunks, string? metadata = null)
    {
        var errors = new FieldErrors();
        errors.Check(request.ConversationId is { } id && Ids.IsValid(id), "conversation_id", "must be a conversation id");
        errors.Check(FileNames.IsValid(request.Filename), "filename", $"must be a name of 1 to {FileNames.MaxLength} characters, without a path and without control characters");
        errors.Check(request.FileSize is >= 1, "file_size", $"must be 1 to {MaxFileSize}");
        var type = MimeType(request.MimeType);
        errors.Check(type is not null, "mime_type", "must be a media type such as image/png");
        errors.Check(request.ChecksumSha256 is null || IsSha256(request.ChecksumSha256), "checksum_sha256", "must be 64 hex digits");
        errors.Check(request.ChunkSize is null or (>= MinChunkSize and <= MaxChunkSize), "chunk_size", $"must be {MinChunkSize} to {MaxChunkSize}");
        errors.ThrowIfAny();
        RequireSize(request.FileSize!.Value);
        return new InitiateUpload
        {
            UserId = userId,
            ConversationId = request.ConversationId!,
            Filename = request.Filename!,
            FileSize = request.FileSize.Value,
            MimeType = type!,
            ChecksumSha256 = request.ChecksumSha256?.ToLowerInvariant(),
            ChunkSize = request.ChunkSize ?? DefaultChunkSize,
            Kind = kind,
            Metadata = metadata,
        };
    }

    /// <summary>Throws 413 <c>file_too_large</c>.</summary>
    public static void RequireSize(long size)
    {
        if (size > MaxFileSize)
        {
            throw new ProblemException(StatusCodes.Status413PayloadTooLarge, ErrorCodes.FileTooLarge, $"A file may have {MaxFileSize} bytes at most.")
            {
                FieldErrors = new Dictionary<string, string[]> { ["file_size"] = [$"must be 1 to {MaxFileSize}"] },
            };
        }
    }

    public static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigit);

    /// <summary>In its canonical form; null when it is none, or, because it becomes a header, when it has other characters than a header may have.</summary>
    private static string? MimeType(string? text) =>
        text is { Length: <= MaxMimeType } && text.All(static c => c is >= ' ' and <= '~') && MediaTypeHeaderValue.TryParse(text, out var type) && !type.MatchesAllTypes && !type.MatchesAllSubTypes
            ? type.ToString().ToLowerInvariant()
            : null;
}
