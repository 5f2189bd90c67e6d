namespace Chat4All.Grains.Abstractions;

/// <summary>The stable codes of <see cref="ChatError"/>; clients may switch on them, so none is ever renamed.</summary>
public static class ErrorCodes
{
    public const string ValidationFailed = "validation_failed";
    public const string MalformedJson = "malformed_json";
    public const string BatchTooLarge = "batch_too_large";
    public const string InvalidId = "invalid_id";
    public const string ScopeMissing = "scope_missing";
    public const string NotAMember = "not_a_member";
    public const string NotAnOwner = "not_an_owner";
    public const string SenderMismatch = "sender_mismatch";
    public const string ConversationNotFound = "conversation_not_found";
    public const string MessageNotFound = "message_not_found";
    public const string UserNotFound = "user_not_found";
    public const string MemberNotFound = "member_not_found";
    public const string MessageIdConflict = "message_id_conflict";
    public const string ConversationIdConflict = "conversation_id_conflict";
    public const string UserIdConflict = "user_id_conflict";
    public const string UsernameConflict = "username_conflict";
    public const string AlreadyAMember = "already_a_member";
    public const string PrivateConversation = "private_conversation";
    public const string TooManyMembers = "too_many_members";
    public const string ChannelAddressConflict = "channel_address_conflict";
    public const string ChannelAddressNotFound = "channel_address_not_found";
    public const string DeadLetterNotFound = "dead_letter_not_found";
    public const string NotReplayable = "not_replayable";
    public const string UploadNotFound = "upload_not_found";
    public const string UploadExpired = "upload_expired";
    public const string UploadClosed = "upload_closed";
    public const string UploadFailed = "upload_failed";
    public const string IncompleteUpload = "incomplete_upload";
    public const string TooManyUploads = "too_many_uploads";
    public const string UploadQuotaExceeded = "upload_quota_exceeded";
    public const string FileNotFound = "file_not_found";
    public const string FileNotCompleted = "file_not_completed";
    public const string FileTooLarge = "file_too_large";
    public const string InvalidChunkNumber = "invalid_chunk_number";
    public const string WrongChunkLength = "wrong_chunk_length";
    public const string EmptyChunk = "empty_chunk";
    public const string ChecksumMismatch = "checksum_mismatch";
    public const string DuplicateChunk = "duplicate_chunk";
    public const string OffsetMismatch = "offset_mismatch";
    public const string MergeFailed = "merge_failed";
    public const string ContentRefused = "content_refused";
    public const string StorageUnavailable = "storage_unavailable";
    public const string StorageFull = "storage_full";
    public const string StoreUnavailable = "store_unavailable";
    public const string OutcomeUnknown = "outcome_unknown";
    public const string Overloaded = "overloaded";
    public const string RateLimited = "rate_limited";
    public const string ShuttingDown = "shutting_down";
}
