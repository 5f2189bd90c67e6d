namespace Chat4All.Grains.Abstractions;

/// <summary>What is said of an upload by its grain and by every door alike.</summary>
public static class UploadRefusals
{
    /// <summary><c>upload_not_found</c>: there is none, or it is not the caller's.</summary>
    public static ChatException NotFound() => ChatException.NotFound(ErrorCodes.UploadNotFound, "There is no such upload.");

    /// <summary><c>upload_expired</c>.</summary>
    public static ChatException Expired() => ChatException.NotFound(ErrorCodes.UploadExpired, "The upload has expired.");

    /// <summary><c>upload_closed</c>: it was completed, and takes nothing more.</summary>
    public static ChatException Closed() => ChatException.Conflict(ErrorCodes.UploadClosed, "The upload was completed already.");

    /// <summary><c>upload_failed</c>: its content was refused.</summary>
    /// <param name="reason"><see cref="UploadView.Error"/>.</param>
    public static ChatException Failed(string? reason) => ChatException.Conflict(ErrorCodes.UploadFailed, $"The upload was refused: {reason}.");

    /// <summary><c>offset_mismatch</c>: the next piece must begin elsewhere.</summary>
    public static ChatException WrongOffset(long bytes) => ChatException.Conflict(ErrorCodes.OffsetMismatch, $"The upload continues at {bytes}.");
}
