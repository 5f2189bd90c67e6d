using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Events;

/// <summary>The <c>data</c> of events about files.</summary>
public static class FileEvents
{
    /// <summary><c>file.completed</c>.</summary>
    public static byte[] Completed(FileRecord file, string contentSha256, DateTimeOffset at) =>
        EventJson.Write((file, contentSha256, at), static (json, e) =>
        {
            json.WriteString("file_id"u8, e.file.FileId);
            json.WriteString("conversation_id"u8, e.file.ConversationId);
            json.WriteString("user_id"u8, e.file.UserId);
            json.WriteString("filename"u8, e.file.Filename);
            json.WriteNumber("file_size"u8, e.file.FileSize);
            json.WriteString("mime_type"u8, e.file.MimeType);
            json.WriteString("checksum_sha256"u8, e.contentSha256);
            json.WriteString("download_url"u8, $"/v1/files/{e.file.FileId}/content");
            json.WriteTimestamp("completed_at"u8, e.at);
        });
}
