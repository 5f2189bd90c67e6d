using static Chat4All.Infrastructure.Backups.ColumnKind;

namespace Chat4All.Infrastructure.Backups;

/// <summary>Every table that both kinds of store have, referenced ones before those that refer to them. A test compares it with both catalogs.</summary>
internal static class BackupSchema
{
    public static IReadOnlyList<BackupTable> Tables { get; } =
    [
        Table("users",
            ("id", Text), ("username", Text), ("display_name", Text), ("secret_hash", Text), ("scopes", Text), ("is_active", Flag), ("created_at", Time),
            ("deleted_at", Time)),
        Table("access_tokens",
            ("id", Text), ("user_id", Text), ("token_hash", Text), ("scope", Text), ("issued_at", Time), ("expires_at", Time), ("revoked", Flag), ("revoked_at", Time),
            ("created_at", Time)),
        Table("refresh_tokens",
            ("id", Text), ("user_id", Text), ("token_hash", Text), ("scope", Text), ("issued_at", Time), ("expires_at", Time), ("revoked", Flag), ("revoked_at", Time),
            ("last_used_at", Time), ("created_at", Time)),
        Table("conversations",
            ("id", Text), ("type", SmallInteger), ("pair_key", Text), ("metadata", Text), ("last_seq", BigInteger), ("last_activity_at", Time), ("created_at", Time)),
        Table("conversation_members",
            ("conversation_id", Text), ("user_id", Text), ("role", SmallInteger), ("position", Integer), ("joined_seq", BigInteger), ("joined_at", Time),
            ("last_read_seq", BigInteger), ("last_read_at", Time)),
        Table("messages",
            ("id", Text), ("conversation_id", Text), ("seq", BigInteger), ("sender_id", Text), ("recipients", Text), ("kind", SmallInteger), ("payload", Text),
            ("channels", Text), ("priority", SmallInteger), ("status", SmallInteger), ("status_at", Time), ("reply_to", Text), ("metadata", Text), ("edited_at", Time),
            ("deleted_at", Time), ("created_at", Time)),
        Table("message_deliveries",
            ("message_id", Text), ("recipient", Text), ("channel", Text), ("status", SmallInteger), ("attempts", Integer), ("external_id", Text), ("error", Text),
            ("created_at", Time), ("updated_at", Time), ("sent_at", Time)),
        Table("outbox_events",
            ("id", Uuid), ("aggregate_type", Text), ("aggregate_id", Text), ("event_type", Text), ("payload", Json), ("published", Flag), ("published_at", Time),
            ("created_at", Time), ("version", Integer), ("error_message", Text), ("conversation_id", Text), ("seq", BigInteger),
            ("log_offset", BigInteger), ("log_partition", SmallInteger), ("traceparent", Text)) with
        {
            // SQLite gives rows without an offset the next one, which must not be a later row's.
            Order = "order by log_offset nulls last",
        },
        Table("event_log_heads", ("topic", Text), ("next_offset", BigInteger)),
        Table("event_log",
            ("topic", Text), ("log_offset", BigInteger), ("log_partition", SmallInteger), ("event_id", Text), ("event_type", Text), ("key", Text), ("message_id", Text),
            ("traceparent", Text), ("value", Text), ("created_at", Time)),
        Table("consumer_offsets",
            ("consumer_group", Text), ("topic", Text), ("log_partition", SmallInteger), ("committed", BigInteger), ("owner", Text), ("leased_until", Time),
            ("updated_at", Time)),
        Table("channel_addresses", ("user_id", Text), ("channel", Text), ("address", Text), ("linked_at", Time), ("last_inbound_at", Time)),
        Table("dead_letters",
            ("id", Text), ("topic", Text), ("consumer_group", Text), ("event_id", Text), ("event_type", Text), ("key", Text), ("message_id", Text), ("recipient", Text),
            ("channel", Text), ("reason", Text), ("attempts", Integer), ("event", Text), ("created_at", Time),
            ("replayed_at", Time)),
        Table("webhooks", ("id", Text), ("user_id", Text), ("url", Text), ("events", Text), ("secret", Text), ("created_at", Time)),
        Table("webhook_calls",
            ("id", Text), ("webhook_id", Text), ("event_id", Text), ("event_type", Text), ("body", Text), ("attempts", Integer), ("next_attempt_at", Time),
            ("created_at", Time)),
        Table("audit_log", ("id", Text), ("actor", Text), ("action", Text), ("subject", Text), ("detail", Text), ("created_at", Time)),
        Table("files",
            ("id", Text), ("conversation_id", Text), ("user_id", Text), ("filename", Text), ("file_size", BigInteger), ("mime_type", Text), ("checksum_sha256", Text),
            ("content_sha256", Text), ("status", SmallInteger), ("chunk_size", Integer), ("total_chunks", Integer), ("uploaded_chunks", Integer), ("storage_key", Text),
            ("error", Text), ("upload_kind", SmallInteger), ("metadata", Text), ("created_at", Time), ("expires_at", Time), ("updated_at", Time), ("completed_at", Time)),
        Table("file_chunks",
            ("id", Text), ("file_id", Text), ("chunk_number", Integer), ("chunk_size", Integer), ("storage_key", Text), ("checksum_sha256", Text), ("uploaded_at", Time)),
        Table("reminders", ("grain_id", Text), ("name", Text), ("start_at", Time), ("period_ms", BigInteger), ("etag", Text)),
    ];

    /// <summary>The table of that name, or null.</summary>
    public static BackupTable? Find(string name) => Tables.FirstOrDefault(table => table.Name == name);

    private static BackupTable Table(string name, params (string Name, ColumnKind Kind)[] columns) =>
        new(name, [.. columns.Select(static column => new BackupColumn(column.Name, column.Kind))]);
}
