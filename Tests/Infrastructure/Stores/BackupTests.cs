using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Chat4All.Grains.Events;
using Chat4All.Infrastructure.Backups;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.EventLogs;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>Copies from each kind of store into each.</summary>
[Trait("Category", "Integration")]
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public enum Kind
    {
        Sqlite,
        Postgres,
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite, Kind.Sqlite)]
    [InlineData(Kind.Sqlite, Kind.Postgres)]
    [InlineData(Kind.Postgres, Kind.Sqlite)]
    [InlineData(Kind.Postgres, Kind.Postgres)]
    public async Task Every_row_comes_back_in_either_kind_of_store(Kind from, Kind to)
    {
        await using var source = await OpenAsync(from);
        await using var target = await OpenAsync(to);
        await FillAsync(source);
        await FillAsync(target);
        var file = Path.Combine(_folder.Path, "copy");

        await source.Administration.BackupAsync(file, CancellationToken.None);
        await target.Administration.RestoreAsync(file, CancellationToken.None);

        // SQLite numbers every outbox row, PostgreSQL those alone that are in the embedded log: a row that had no number there gets one.
        var numbered = from == Kind.Postgres && to == Kind.Sqlite;
        foreach (var whole in BackupSchema.Tables)
        {
            var table = numbered ? new BackupTable(whole.Name, [.. whole.Columns.Where(static column => column.Name != "log_offset")]) : whole;
            var rows = await ReadAsync(source, table);
            Assert.NotEmpty(rows);
            Assert.Equal(rows, await ReadAsync(target, table));
        }
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite, Kind.Postgres)]
    [InlineData(Kind.Postgres, Kind.Sqlite)]
    [InlineData(Kind.Postgres, Kind.Postgres)]
    public async Task In_the_copy_the_log_goes_on_where_its_groups_are(Kind from, Kind to)
    {
        await using var source = await OpenAsync(from);
        await using var target = await OpenAsync(to);
        var users = await source.Users.AddUsersAsync(2);
        var conversation = (await source.Conversations.AddConversationAsync(users)).ConversationId;
        await using (var process = EmbeddedProcess.Start(source))
        {
            await process.Conversations.AppendAsync([Append(conversation, 0, Message(conversation, 1, users[0]), Message(conversation, 2, users[0]))], CancellationToken.None);
            await using var consumer = process.Log.Join(Topics.MessageProcessing, "group");
            await consumer.CommitAsync([.. (await consumer.ReadManyAsync(2)).Select(static record => record.Position)], CancellationToken.None);
        }

        var file = Path.Combine(_folder.Path, "copy");
        await source.Administration.BackupAsync(file, CancellationToken.None);
        await target.Administration.RestoreAsync(file, CancellationToken.None);

        await using var restored = EmbeddedProcess.Start(target);
        await restored.Conversations.AppendAsync([Append(conversation, 2, Message(conversation, 3, users[1], "the-third"))], CancellationToken.None);
        await using var member = restored.Log.Join(Topics.MessageProcessing, "group");
        Assert.Equal("the-third", Assert.Single(await member.ReadManyAsync(1)).Event.MessageId);
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite)]
    [InlineData(Kind.Postgres)]
    public async Task A_copy_taken_while_writing_is_one_moment(Kind kind)
    {
        await using var source = await OpenAsync(kind);
        await using var target = await OpenAsync(kind);
        var store = source.Conversations;
        var users = await source.Users.AddUsersAsync(3);
        var ids = new[] { await store.AddConversationAsync(users), await store.AddConversationAsync(users) };
        using var stop = new CancellationTokenSource();
        var written = 0L;
        var writing = Task.Run(async () =>
        {
            for (var head = 0L; !stop.IsCancellationRequested; head++)
            {
                await store.AppendAsync(
                    [.. ids.Select(c => Append(c.ConversationId, head, Message(c.ConversationId, head + 1, users[0])))], CancellationToken.None);
                Volatile.Write(ref written, head + 1);
            }
        });
        await Eventually.HoldsAsync("some messages are written", () => Volatile.Read(ref written) > 20);
        var before = Volatile.Read(ref written);
        var file = Path.Combine(_folder.Path, "copy");

        await source.Administration.BackupAsync(file, CancellationToken.None);
        await stop.CancelAsync();
        await writing;
        await target.Administration.RestoreAsync(file, CancellationToken.None);

        var heads = await target.Reader.FindNewHeadsAsync([.. ids.Select(static c => new ConversationHead(c.ConversationId, -1))], CancellationToken.None);
        var head = Assert.Single(heads.Select(static h => h.LastSeq).Distinct());
        Assert.InRange(head, before, written);
        foreach (var id in ids.Select(static c => c.ConversationId))
        {
            var copied = await target.Reader.ListAfterAsync(id, 0, long.MaxValue, int.MaxValue, CancellationToken.None);
            Assert.Equal(await source.Reader.ListAfterAsync(id, 0, head, int.MaxValue, CancellationToken.None), copied);
            Assert.Equal(head, (await target.Outbox.LoadUnpublishedAsync(id, int.MaxValue, CancellationToken.None)).Count);
        }
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite)]
    [InlineData(Kind.Postgres)]
    public async Task A_damaged_copy_is_refused_and_changes_nothing(Kind kind)
    {
        await using var source = await OpenAsync(kind);
        await FillAsync(source);
        var file = Path.Combine(_folder.Path, "copy");
        await source.Administration.BackupAsync(file, CancellationToken.None);
        var lines = ReadLines(file);
        var before = await ReadAsync(source, BackupSchema.Tables[0]);

        foreach (var damaged in new[] { lines[..^1], lines[..3], [.. lines[..^2], lines[^1]], ["{}"], [.. lines[..2], "no json", .. lines[2..]], [lines[0].Replace("\"schema\":", "\"schema\":9")] })
        {
            var other = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
            WriteLines(other, damaged);

            await Assert.ThrowsAsync<InvalidDataException>(() => source.Administration.RestoreAsync(other, CancellationToken.None));
        }

        Assert.Equal(before, await ReadAsync(source, BackupSchema.Tables[0]));
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite)]
    [InlineData(Kind.Postgres)]
    public async Task A_copy_never_replaces_a_file_and_is_for_its_owner_alone(Kind kind)
    {
        await using var source = await OpenAsync(kind);
        var file = Path.Combine(_folder.Path, "copy");
        await source.Administration.BackupAsync(file, CancellationToken.None);
        var first = await File.ReadAllBytesAsync(file);

        await Assert.ThrowsAsync<IOException>(() => source.Administration.BackupAsync(file, CancellationToken.None));

        Assert.Equal(first, await File.ReadAllBytesAsync(file));
        Assert.Equal([file], Directory.GetFiles(_folder.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file));
    }

    [SkippableTheory]
    [InlineData(Kind.Sqlite, "select m.name || '.' || c.name from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table'")]
    [InlineData(Kind.Postgres, "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'")]
    public async Task No_table_and_no_column_is_forgotten(Kind kind, string catalog)
    {
        await using var store = await OpenAsync(kind);

        var there = (await store.QueryAsync(catalog)).Select(static row => (string)row[0]!).Where(static name => !name.StartsWith("schema_migrations.", StringComparison.Ordinal));

        Assert.Equal(BackupSchema.Tables.SelectMany(static table => table.Columns.Select(column => $"{table.Name}.{column.Name}")).Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<StoreFixture> OpenAsync(Kind kind)
    {
        StoreFixture fixture = kind == Kind.Sqlite ? new SqliteStoreFixture() : new PostgresStoreFixture();
        fixture.Require();
        await fixture.InitializeAsync();
        return fixture;
    }

    private static async Task FillAsync(StoreFixture store)
    {
        var users = await store.Users.AddUsersAsync(3);
        await store.Users.DeleteAsync(users[2], Start, CancellationToken.None);
        await store.Tokens.SaveAsync(new(NewId("hash"), users[0], "read", Start, Start.AddDays(1)), new(NewId("hash"), users[0], "write", Start, Start), CancellationToken.None);
        var id = (await store.Conversations.AddConversationAsync(users[..2])).ConversationId;
        var odd = Message(id, 1, users[0], text: "tab\\t quote\\\" 漢 \U0001F600 \\u2028 line");
        await store.Conversations.AppendAsync([Append(id, 0, odd, Message(id, 2, users[1]), Message(id, 3, null))], CancellationToken.None);
        await store.Outbox.MarkPublishedAsync([.. (await store.Outbox.LoadUnpublishedAsync(id, 1, CancellationToken.None))], Start, CancellationToken.None);
        await store.QueryAsync(
            $"""
            insert into message_deliveries (message_id, recipient, channel, status, attempts, created_at, updated_at)
            values ('{odd.Message.MessageId}', 'r', 'telegram', 1, 1, '2026-01-02T03:04:05.000001Z', '2026-01-02T03:04:05.123456Z')
            """);
        await store.QueryAsync($"insert into event_log_heads (topic, next_offset) values ('{NewId("topic")}', 2)");
        await store.QueryAsync(
            $"insert into event_log (topic, log_offset, log_partition, event_id, event_type, key, value, created_at) values ('{NewId("topic")}', 1, 3, 'e', 't', 'k', 'v', '2026-01-02T03:04:05.000001Z')");
        await store.QueryAsync($"insert into consumer_offsets (consumer_group, topic, log_partition, committed, updated_at) values ('{NewId("group")}', 't', 0, 7, '2026-01-02T03:04:05.000001Z')");
        await store.QueryAsync($"insert into channel_addresses (user_id, channel, address, linked_at) values ('{users[0]}', 'telegram', '{NewId("address")}', '2026-01-02T03:04:05.000001Z')");
        await store.QueryAsync(
            $"""
            insert into dead_letters (id, topic, consumer_group, event_id, event_type, key, reason, attempts, event, created_at)
            values ('{NewId("letter")}', 't', 'g', '{NewId("event")}', 't', 'k', 'why', 4, 'v', '2026-01-02T03:04:05.000001Z')
            """);
        var webhook = NewId("webhook");
        await store.QueryAsync($"insert into webhooks (id, user_id, url, events, secret, created_at) values ('{webhook}', '{users[0]}', 'https://example.org', '*', 's', '2026-01-02T03:04:05.000001Z')");
        await store.QueryAsync(
            $"""
            insert into webhook_calls (id, webhook_id, event_id, event_type, body, next_attempt_at, created_at)
            values ('{NewId("call")}', '{webhook}', 'e', 't', 'v', '2026-01-02T03:04:05.000001Z', '2026-01-02T03:04:05.000001Z')
            """);
        await store.QueryAsync($"insert into audit_log (id, actor, action, subject, created_at) values ('{NewId("audit")}', 'a', 'b', 'c', '2026-01-02T03:04:05.000001Z')");
        var upload = NewId("file");
        await store.QueryAsync(
            $"""
            insert into files (id, conversation_id, user_id, filename, file_size, mime_type, status, chunk_size, total_chunks, created_at, expires_at, updated_at)
            values ('{upload}', '{id}', '{users[0]}', 'a.txt', 10, 'text/plain', 1, 1048576, 1, '2026-01-02T03:04:05.000001Z', '2026-01-03T03:04:05.000001Z', '2026-01-02T03:04:05.000001Z')
            """);
        await store.QueryAsync(
            $"insert into file_chunks (id, file_id, chunk_number, chunk_size, storage_key, uploaded_at) values ('{NewId("chunk")}', '{upload}', 1, 10, 'k', '2026-01-02T03:04:05.000001Z')");
        await store.QueryAsync($"insert into reminders (grain_id, name, start_at, period_ms, etag) values ('{NewId("grain")}', 'n', '2026-01-02T03:04:05.000000Z', 60000, 'e')");
        await FillRestAsync(store, users[0], id);
    }

    /// <summary>Puts a row into each table that is still empty.</summary>
    private static async Task FillRestAsync(StoreFixture store, string userId, string conversationId)
    {
        var references = new Dictionary<string, string>(StringComparer.Ordinal) { ["user_id"] = userId, ["conversation_id"] = conversationId };
        foreach (var table in BackupSchema.Tables)
        {
            if ((await store.QueryAsync($"select 1 from {table.Name} where {Compared(table)}")).Count > 0)
            {
                continue;
            }

            var id = NewId(table.Name);
            references[$"{table.Name.TrimEnd('s')}_id"] = id;
            var values = table.Columns.Select(column => column.Kind switch
            {
                ColumnKind.Flag => "true",
                ColumnKind.Integer or ColumnKind.SmallInteger or ColumnKind.BigInteger => "1",
                ColumnKind.Time => "'2026-01-02T03:04:05.000000Z'",
                _ => $"'{(column.Name == "id" ? id : references.GetValueOrDefault(column.Name, NewId("value")))}'",
            });
            await store.QueryAsync($"insert into {table.Name} ({table.ColumnList}) values ({string.Join(", ", values)})");
        }
    }

    /// <summary>The head of message_processing is each store's own business.</summary>
    private static string Compared(BackupTable table) => table.Name == "event_log_heads" ? "topic <> 'message_processing'" : "true";

    private static async Task<List<string>> ReadAsync(StoreFixture store, BackupTable table)
    {
        // Without a partition an outbox row is in no log, and its offset says nothing.
        var columns = table.Name == "outbox_events"
            ? table.ColumnList.Replace("log_offset", "case when log_partition is not null then log_offset end", StringComparison.Ordinal)
            : table.ColumnList;
        var rows = await store.QueryAsync($"select {columns} from {table.Name} where {Compared(table)}");
        return [.. rows.Select(row => string.Join('|', row.Select((value, i) => Text(value, table.Columns[i].Kind)))).Order(StringComparer.Ordinal)];
    }

    private static string Text(object? value, ColumnKind kind) => (value, kind) switch
    {
        (null, _) => "(null)",
        (DateTime time, _) => time.ToString(EventJson.TimestampFormat, CultureInfo.InvariantCulture),
        (_, ColumnKind.Flag) => Convert.ToBoolean(value, CultureInfo.InvariantCulture).ToString(),
        (string json, ColumnKind.Json) => string.Join(',', JsonElement.Parse(json).EnumerateObject().OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"{p.Name}={p.Value}")),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string[] ReadLines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void WriteLines(string file, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(file), CompressionLevel.Fastest));
        foreach (var line in lines)
        {
            writer.WriteLine(line);
        }
    }
}
