using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Chat4All.Tests.Infrastructure.Stores;
using Microsoft.Extensions.DependencyInjection;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IFileStore"/> must do.</summary>
public abstract class FileStoreCompliance(StoreFixture fixture)
{
    private static readonly UploadQuota Ample = new(1000, long.MaxValue / 2);

    private IFileStore Files => fixture.Files;

    [SkippableFact]
    public async Task An_upload_is_found_as_it_was_opened()
    {
        var file = await OpenAsync(file => file with { ChecksumSha256 = NewSha(), Metadata = "a b,c d", Filename = "Grüße 😀.txt" });

        Assert.Equal(file, await Files.FindAsync(file.FileId, CancellationToken.None));
        Assert.Null(await Files.FindAsync("no-such-file", CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_user_has_only_so_many_uploads_open_and_so_many_bytes()
    {
        var first = await OpenAsync();
        var second = first with { FileId = NewId("file") };

        Assert.Equal(NewUploadOutcome.TooManyUploads, await Files.CreateAsync(second, new UploadQuota(1, long.MaxValue / 2), CancellationToken.None));
        Assert.Equal(NewUploadOutcome.TooManyBytes, await Files.CreateAsync(second, new UploadQuota(2, (2 * first.FileSize) - 1), CancellationToken.None));
        Assert.Equal(NewUploadOutcome.Created, await Files.CreateAsync(second, new UploadQuota(2, 2 * first.FileSize), CancellationToken.None));
    }

    [SkippableFact]
    public async Task What_expired_does_not_count_as_open_but_what_is_being_merged_does()
    {
        var expired = await OpenAsync();
        var later = expired with { FileId = NewId("file"), CreatedAt = expired.ExpiresAt, ExpiresAt = expired.ExpiresAt.AddHours(24) };
        Assert.Equal(NewUploadOutcome.Created, await Files.CreateAsync(later, new UploadQuota(1, later.FileSize), CancellationToken.None));

        var merging = await CloseAsync(await OpenAsync());
        var behind = merging with { FileId = NewId("file"), CreatedAt = merging.ExpiresAt, ExpiresAt = merging.ExpiresAt.AddHours(24), Status = FileStatus.Pending };
        Assert.Equal(NewUploadOutcome.TooManyUploads, await Files.CreateAsync(behind, new UploadQuota(1, long.MaxValue / 2), CancellationToken.None));
    }

    [SkippableFact]
    public async Task Uploads_opened_at_once_stay_within_the_quota_together()
    {
        var first = await OpenAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Task.Run(() => Files.CreateAsync(first with { FileId = NewId("file") }, new UploadQuota(3, long.MaxValue / 2), CancellationToken.None))));

        Assert.Equal(2, outcomes.Count(outcome => outcome == NewUploadOutcome.Created));
    }

    [SkippableFact]
    public async Task The_first_chunk_of_a_number_wins_and_each_is_counted_once()
    {
        var file = await OpenAsync();
        var rivals = Enumerable.Range(0, 12).Select(i => Chunk((i % 3) + 1)).ToArray();

        var outcomes = await Task.WhenAll(rivals.Select(chunk => Task.Run(() => Files.AddChunkAsync(file.FileId, chunk, Start, CancellationToken.None))));

        var stored = await Files.ListChunksAsync(file.FileId, CancellationToken.None);
        Assert.Equal([1, 2, 3], stored.Select(chunk => chunk.Number));
        Assert.All(outcomes, outcome => Assert.Contains(outcome.Chunk!, stored));
        var row = await Files.FindAsync(file.FileId, CancellationToken.None);
        Assert.Equal((FileStatus.Uploading, 3), (row!.Status, row.UploadedChunks));
    }

    [SkippableFact]
    public async Task A_chunk_is_refused_once_the_upload_is_closed_or_expired_or_gone()
    {
        var file = await OpenAsync();

        Assert.Null((await Files.AddChunkAsync(file.FileId, Chunk(1), file.ExpiresAt, CancellationToken.None)).Chunk);
        Assert.Null((await Files.AddChunkAsync("no-such-file", Chunk(1), Start, CancellationToken.None)).Upload);
        var closed = await CloseAsync(file);
        var late = await Files.AddChunkAsync(file.FileId, Chunk(1), Start, CancellationToken.None);

        Assert.Null(late.Chunk);
        Assert.Equal(closed, late.Upload);
    }

    [SkippableFact]
    public async Task An_upload_is_closed_only_when_all_of_it_is_there_and_once()
    {
        var file = await OpenAsync();
        var key = StorageKeys.NewObject(TimeProvider.System);
        Assert.Equal(file, await Files.CloseAsync(file.FileId, key, null, Start, CancellationToken.None));

        var closed = await CloseAsync(file);
        var again = await Files.CloseAsync(file.FileId, key, NewSha(), Start.AddHours(1), CancellationToken.None);

        Assert.Equal((FileStatus.Merging, 3), (closed.Status, closed.UploadedChunks));
        Assert.Equal(closed, again);
        Assert.Null(await Files.CloseAsync("no-such-file", key, null, Start, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_file_is_completed_with_its_event_once()
    {
        var closed = await CloseAsync(await OpenAsync());
        var sha = NewSha();
        var outbox = Outbox(closed);

        var completed = await Files.CompleteAsync(closed.FileId, closed.StorageKey!, sha, composed: true, outbox, Start.AddMinutes(2), CancellationToken.None);
        var again = await Files.CompleteAsync(closed.FileId, closed.StorageKey!, NewSha(), composed: true, Outbox(closed), Start.AddMinutes(3), CancellationToken.None);

        var expected = closed with { Status = FileStatus.Completed, ContentSha256 = sha, CompletedAt = Start.AddMinutes(2), UpdatedAt = Start.AddMinutes(2) };
        Assert.Equal(expected, completed);
        Assert.Equal(expected, again);
        var events = await fixture.QueryAsync($"select aggregate_id, event_type, seq from outbox_events where conversation_id = '{closed.ConversationId}' and event_type = 'file.completed'");
        Assert.Equal([closed.FileId, EventTypes.FileCompleted, 0L], Assert.Single(events));
        Assert.False(await Files.FailAsync(closed.FileId, null, "late", Start, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Where_the_log_is_the_store_the_event_of_a_completed_file_is_handed_over_as_it_was_placed()
    {
        var closed = await CloseAsync(await OpenAsync());
        await using var services = fixture.Build(static services => services.AddSingleton(new OutboxPlacement(4)));
        var outbox = Outbox(closed);

        await services.GetRequiredService<IFileStore>().CompleteAsync(closed.FileId, closed.StorageKey!, NewSha(), composed: true, outbox, Start.AddMinutes(2), CancellationToken.None);

        var placed = Assert.Single(await fixture.QueryAsync($"select log_offset, log_partition from outbox_events where aggregate_id = '{closed.FileId}'"));
        var (offset, partition) = (Convert.ToInt64(placed[0], null), Convert.ToInt32(placed[1], null));
        var record = Assert.Single(services.GetRequiredService<OutboxTail>().Read(offset - 1, 10)!);
        Assert.Equal(
            (Topics.MessageProcessing, partition, offset, outbox.Id.ToString(), EventTypes.FileCompleted, closed.ConversationId, Start.AddMinutes(2)),
            (record.Topic, record.Partition, record.Offset, record.Event.Id, record.Event.Type, record.Event.Key, record.Event.Time));
    }

    [SkippableFact]
    public async Task Files_of_one_content_share_an_object_and_it_counts_as_referenced_with_each()
    {
        var first = await CloseAsync(await OpenAsync());
        var second = await CloseAsync(await OpenAsync());
        var third = await CloseAsync(await OpenAsync());
        var sha = NewSha();

        Assert.Null(await Files.CompleteAsync(first.FileId, first.StorageKey!, sha, composed: false, Outbox(first), Start, CancellationToken.None));
        await Files.CompleteAsync(first.FileId, first.StorageKey!, sha, composed: true, Outbox(first), Start, CancellationToken.None);
        var shared = await Files.CompleteAsync(second.FileId, second.StorageKey!, sha, composed: false, Outbox(second), Start, CancellationToken.None);
        var late = await Files.CompleteAsync(third.FileId, third.StorageKey!, sha, composed: true, Outbox(third), Start, CancellationToken.None);

        Assert.Equal(first.StorageKey, shared!.StorageKey);
        Assert.Equal(first.StorageKey, late!.StorageKey);
        Assert.Equal([first.StorageKey!], await Files.FindReferencedAsync([first.StorageKey!, second.StorageKey!, third.StorageKey!], CancellationToken.None));
    }

    [SkippableFact]
    public async Task Two_files_of_one_content_that_end_at_once_share_an_object()
    {
        var sha = NewSha();
        var closed = new List<FileRecord>();
        for (var i = 0; i < 6; i++)
        {
            closed.Add(await CloseAsync(await OpenAsync()));
        }

        var completed = await Task.WhenAll(closed.Select(
            file => Task.Run(() => Files.CompleteAsync(file.FileId, file.StorageKey!, sha, composed: true, Outbox(file), Start, CancellationToken.None))));

        Assert.Single(completed.Select(file => file!.StorageKey).Distinct());
    }

    [SkippableFact]
    public async Task Keys_of_pieces_and_of_objects_that_are_being_made_are_referenced()
    {
        var file = await OpenAsync();
        var chunk = Chunk(1);
        await Files.AddChunkAsync(file.FileId, chunk, Start, CancellationToken.None);
        var closed = await CloseAsync(await OpenAsync());
        var orphan = StorageKeys.NewChunk(TimeProvider.System);

        var referenced = await Files.FindReferencedAsync([chunk.StorageKey, closed.StorageKey!, orphan], CancellationToken.None);

        Assert.Equal(new[] { chunk.StorageKey, closed.StorageKey! }.Order(), referenced.Order());
    }

    [SkippableFact]
    public async Task A_failed_upload_says_why_and_lets_go_of_its_object()
    {
        var closed = await CloseAsync(await OpenAsync());

        Assert.True(await Files.FailAsync(closed.FileId, null, "checksum_mismatch", Start, CancellationToken.None));
        await Files.DeleteChunksAsync(closed.FileId, CancellationToken.None);

        var failed = await Files.FindAsync(closed.FileId, CancellationToken.None);
        Assert.Equal((FileStatus.Failed, "checksum_mismatch", null), (failed!.Status, failed.Error, failed.StorageKey));
        Assert.Empty(await Files.ListChunksAsync(closed.FileId, CancellationToken.None));
    }

    [SkippableFact]
    public async Task An_upload_whose_merge_was_given_up_is_closed_again_and_no_other_failed_one()
    {
        var key = StorageKeys.NewObject(TimeProvider.System);
        var givenUp = await CloseAsync(await OpenAsync());
        var refused = await CloseAsync(await OpenAsync());
        await Files.FailAsync(givenUp.FileId, null, ErrorCodes.MergeFailed, Start, CancellationToken.None);
        await Files.FailAsync(refused.FileId, null, ErrorCodes.ContentRefused, Start, CancellationToken.None);

        var again = await Files.CloseAsync(givenUp.FileId, key, null, Start.AddMinutes(5), CancellationToken.None);

        Assert.Equal((FileStatus.Merging, key, null), (again!.Status, again.StorageKey, again.Error));
        Assert.Equal(FileStatus.Failed, (await Files.CloseAsync(refused.FileId, key, null, Start.AddMinutes(5), CancellationToken.None))!.Status);
    }

    [SkippableFact]
    public async Task A_merge_that_was_asked_for_again_is_not_ended_by_a_run_before()
    {
        var before = await CloseAsync(await OpenAsync());
        await Files.FailAsync(before.FileId, null, ErrorCodes.MergeFailed, Start, CancellationToken.None);
        var again = (await Files.CloseAsync(before.FileId, StorageKeys.NewObject(TimeProvider.System), null, Start.AddMinutes(5), CancellationToken.None))!;

        var late = await Files.CompleteAsync(before.FileId, before.StorageKey!, NewSha(), composed: true, Outbox(before), Start.AddMinutes(6), CancellationToken.None);
        Assert.False(await Files.FailAsync(before.FileId, before.StorageKey, ErrorCodes.ContentRefused, Start.AddMinutes(6), CancellationToken.None));

        Assert.Equal(again, late);
        Assert.Equal(again, await Files.FindAsync(before.FileId, CancellationToken.None));
        Assert.True(await Files.FailAsync(again.FileId, again.StorageKey, ErrorCodes.ContentRefused, Start.AddMinutes(7), CancellationToken.None));
    }

    [SkippableFact]
    public async Task Only_what_is_open_or_failed_and_expired_is_deleted()
    {
        var past = Start.AddYears(-30);
        var open = await OpenAsync(file => file with { ExpiresAt = past });
        var fresh = await OpenAsync();
        var merging = await CloseAsync(await OpenAsync());
        var added = Chunk(1);
        await Files.AddChunkAsync(open.FileId, added, past.AddHours(-1), CancellationToken.None);

        Assert.Equal([open.FileId], await Files.ListExpiredAsync(past.AddSeconds(1), 10, CancellationToken.None));
        Assert.Null(await Files.DeleteAsync(fresh.FileId, past.AddSeconds(1), CancellationToken.None));
        Assert.Null(await Files.DeleteAsync(merging.FileId, null, CancellationToken.None));
        var pieces = await Files.DeleteAsync(open.FileId, past.AddSeconds(1), CancellationToken.None);

        Assert.Equal([new StoredPart(added.StorageKey, added.Size)], pieces!);
        Assert.Null(await Files.FindAsync(open.FileId, CancellationToken.None));
        Assert.Empty(await Files.ListChunksAsync(open.FileId, CancellationToken.None));
        Assert.Null(await Files.DeleteAsync(open.FileId, null, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_merge_that_does_not_end_is_taken_again_by_one()
    {
        var closed = await CloseAsync(await OpenAsync(), Start.AddYears(-20));
        var soon = Start.AddYears(-20).AddMinutes(1);

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Files.TakeStalledAsync(soon, Start, 10, CancellationToken.None))));

        Assert.Equal(closed.FileId, Assert.Single(taken.SelectMany(files => files)).FileId);
    }

    [SkippableFact]
    public async Task What_was_freed_is_written_down()
    {
        fixture.Require();
        var actor = NewId("operator");
        await Files.AuditAsync(actor, "files.collected", """{"objects":3}""", Start, CancellationToken.None);

        var rows = await fixture.QueryAsync($"select action, subject, detail from audit_log where actor = '{actor}'");
        Assert.Equal(["files.collected", "files", """{"objects":3}"""], Assert.Single(rows));
    }

    private async Task<FileRecord> OpenAsync(Func<FileRecord, FileRecord>? change = null)
    {
        fixture.Require();
        var users = await fixture.Users.AddUsersAsync(3);
        var conversation = await fixture.Conversations.AddConversationAsync(users);
        var file = new FileRecord
        {
            FileId = NewId("file"),
            ConversationId = conversation.ConversationId,
            UserId = users[0],
            Filename = "a.bin",
            FileSize = 300,
            MimeType = "application/octet-stream",
            Status = FileStatus.Pending,
            Kind = UploadKind.Chunks,
            ChunkSize = 100,
            TotalChunks = 3,
            UploadedChunks = 0,
            CreatedAt = Start,
            ExpiresAt = Start.AddHours(24),
            UpdatedAt = Start,
        };
        file = change is null ? file : change(file);
        Assert.Equal(NewUploadOutcome.Created, await Files.CreateAsync(file, Ample, CancellationToken.None));
        return file;
    }

    private async Task<FileRecord> CloseAsync(FileRecord file, DateTimeOffset? at = null)
    {
        foreach (var number in new[] { 1, 2, 3 })
        {
            await Files.AddChunkAsync(file.FileId, Chunk(number), Start, CancellationToken.None);
        }

        return (await Files.CloseAsync(file.FileId, StorageKeys.NewObject(TimeProvider.System), null, at ?? Start.AddMinutes(1), CancellationToken.None))!;
    }

    private static StoredChunk Chunk(int number) => new(number, 100, NewSha(), StorageKeys.NewChunk(TimeProvider.System));

    private static OutboxRow Outbox(FileRecord file) => new()
    {
        Id = Guid.CreateVersion7(),
        AggregateType = "file",
        AggregateId = file.FileId,
        EventType = EventTypes.FileCompleted,
        Payload = Encoding.UTF8.GetBytes($$"""{"file_id":"{{file.FileId}}"}"""),
    };

    private static string NewSha() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
}
