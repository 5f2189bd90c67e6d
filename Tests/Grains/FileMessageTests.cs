using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Grains;

/// <summary>File messages name a completed file of their conversation.</summary>
public sealed class FileMessageTests
{
    [Fact]
    public async Task A_file_message_needs_a_completed_file_of_its_conversation()
    {
        await using var store = await EmbeddedStore.StartAsync();
        await using var host = await GrainHost.StartAsync(store);
        await host.CreateGroupAsync("here");
        await host.CreateGroupAsync("elsewhere");
        var completed = await AddAsync(store, "here", complete: true);
        var open = await AddAsync(store, "here", complete: false);
        var foreign = await AddAsync(store, "elsewhere", complete: true);

        var outcomes = await host.Conversation("here").SendMany(
            [Message("m1", completed), Message("m2", open), Message("m3", foreign), Message("m4", "no-such"), Message("m5", completed)], default);

        Assert.Equal(
            [null, ErrorCodes.FileNotCompleted, ErrorCodes.FileNotFound, ErrorCodes.FileNotFound, null], outcomes.Select(outcome => outcome.Error?.Code));
        Assert.Equal([1L, 2L], outcomes.Where(outcome => outcome.Receipt is not null).Select(outcome => outcome.Receipt!.Seq));
        Assert.Equal(3, (await host.Conversation("here").Send(Message("m6", completed), default)).Seq);
        var refused = await Assert.ThrowsAsync<ChatException>(() => host.Conversation("here").Send(Message("m7", open), default).AsTask());
        Assert.Equal(ErrorCodes.FileNotCompleted, refused.Error.Code);
        var stranger = await Assert.ThrowsAsync<ChatException>(() => host.Conversation("here").Send(Message("m8", completed) with { SenderId = "u5" }, default).AsTask());
        Assert.Equal(ErrorCodes.NotAMember, stranger.Error.Code);
    }

    private static SendMessage Message(string id, string file) => GrainHost.Message(id) with { Kind = PayloadKind.File, Payload = MessagePayload.File(file) };

    private static async Task<string> AddAsync(EmbeddedStore store, string conversation, bool complete)
    {
        var now = DateTimeOffset.UtcNow;
        var file = new FileRecord
        {
            FileId = Ids.New(TimeProvider.System), ConversationId = conversation, UserId = "u1", Filename = "a", FileSize = 1, MimeType = "text/plain", Status = FileStatus.Pending,
            Kind = UploadKind.Chunks, ChunkSize = 1, TotalChunks = 1, UploadedChunks = 0, CreatedAt = now, ExpiresAt = now.AddDays(1), UpdatedAt = now,
        };
        await store.Files.CreateAsync(file, new UploadQuota(100, 100), default);
        if (complete)
        {
            var key = StorageKeys.NewObject(TimeProvider.System);
            await store.Files.AddChunkAsync(file.FileId, new StoredChunk(1, 1, new string('0', 64), StorageKeys.NewChunk(TimeProvider.System)), now, default);
            await store.Files.CloseAsync(file.FileId, key, null, now, default);
            var outbox = new OutboxRow { Id = Guid.CreateVersion7(), AggregateType = "file", AggregateId = file.FileId, EventType = EventTypes.FileCompleted, Payload = "{}"u8.ToArray() };
            await store.Files.CompleteAsync(file.FileId, key, Guid.NewGuid().ToString("n"), composed: true, outbox, now, default);
        }

        return file.FileId;
    }
}
