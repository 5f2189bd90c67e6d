using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Files;

namespace Chat4All.Tests.Grains;

/// <summary>Which pieces an upload has, and when it may be closed.</summary>
public sealed class UploadSessionGrainTests : IAsyncLifetime
{
    private const int ChunkSize = 1_048_576;

    private readonly string _id = Ids.New(TimeProvider.System);
    private EmbeddedStore _store = null!;
    private GrainHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        _host = await GrainHost.StartAsync(_store, settings: [("Files:MaxOpenUploads", "2"), ("Files:MaxOpenBytes", "10000000"), ("Files:MergeAgainAfter", "00:00:05")]);
        await _host.CreateGroupAsync("team");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task An_upload_has_as_many_chunks_as_its_size_needs_and_the_last_is_shorter()
    {
        var upload = await InitiateAsync((2 * ChunkSize) + 5);

        Assert.Equal((3, FileStatus.Pending, 0), (upload.TotalChunks, upload.Status, upload.UploadedChunks));
        Assert.Equal([1, 2, 3], upload.MissingChunks);
        Assert.Equal(new ChunkSlot(0, ChunkSize), await Grain.Admit("u1", 1, default));
        Assert.Equal(new ChunkSlot(2 * ChunkSize, 5), await Grain.Admit("u1", 3, default));
        await RefusedAsync(ErrorCodes.InvalidChunkNumber, () => Grain.Admit("u1", 4, default).AsTask());
        await RefusedAsync(ErrorCodes.InvalidChunkNumber, () => Grain.Admit("u1", 0, default).AsTask());
    }

    [Fact]
    public async Task Only_a_member_opens_an_upload_in_a_conversation()
    {
        await RefusedAsync(ErrorCodes.NotAMember, () => InitiateAsync(10, user: "u5"));
        await RefusedAsync(ErrorCodes.ConversationNotFound, () => InitiateAsync(10, conversation: "no-such"));
    }

    [Fact]
    public async Task The_same_bytes_again_are_fine_and_other_bytes_are_not()
    {
        await InitiateAsync(2 * ChunkSize);
        var first = Chunk(1, ChunkSize);

        Assert.True((await Grain.Register("u1", first, default)).Stored);
        Assert.False((await Grain.Register("u1", first with { StorageKey = StorageKeys.NewChunk(TimeProvider.System) }, default)).Stored);
        await RefusedAsync(ErrorCodes.DuplicateChunk, () => Grain.Register("u1", Chunk(1, ChunkSize), default));

        var status = await Grain.Get("u1", default);
        Assert.Equal((FileStatus.Uploading, 1, ChunkSize), (status.Status, status.UploadedChunks, (int)status.UploadedBytes));
        Assert.Equal([2], status.MissingChunks);
    }

    [Fact]
    public async Task Chunks_at_once_are_each_counted_once()
    {
        await InitiateAsync(8 * ChunkSize);

        await Task.WhenAll(Enumerable.Range(1, 8).Reverse().Select(number => Grain.Register("u1", Chunk(number, ChunkSize), default)));

        var status = await Grain.Get("u1", default);
        Assert.Equal((8, 8L * ChunkSize), (status.UploadedChunks, status.UploadedBytes));
        Assert.Empty(status.MissingChunks);
    }

    [Fact]
    public async Task A_chunk_of_another_length_is_refused()
    {
        await InitiateAsync(ChunkSize + 1);

        await RefusedAsync(ErrorCodes.WrongChunkLength, () => Grain.Register("u1", Chunk(1, ChunkSize - 1), default));
        await RefusedAsync(ErrorCodes.WrongChunkLength, () => Grain.Register("u1", Chunk(2, 2), default));
    }

    [Fact]
    public async Task Nobody_else_adds_to_an_upload_but_members_see_how_far_it_is()
    {
        await InitiateAsync(ChunkSize);

        await RefusedAsync(ErrorCodes.UploadNotFound, () => Grain.Admit("u2", 1, default).AsTask());
        await RefusedAsync(ErrorCodes.UploadNotFound, () => Grain.Register("u2", Chunk(1, ChunkSize), default));
        await RefusedAsync(ErrorCodes.UploadNotFound, () => Grain.Complete("u2", null, default));
        await RefusedAsync(ErrorCodes.UploadNotFound, () => Grain.Abandon("u2", default));
        Assert.Equal(FileStatus.Pending, (await Grain.Get("u2", default)).Status);
        await RefusedAsync(ErrorCodes.NotAMember, () => Grain.Get("u5", default).AsTask());
    }

    [Fact]
    public async Task Whoever_left_the_conversation_goes_on_seeing_the_upload_but_not_the_file()
    {
        await InitiateAsync(1, user: "u2");
        await Grain.Register("u2", Chunk(1, 1), default);
        Assert.Equal(1, (await Grain.GetFile("u2", default)).FileSize);
        await Grain.Complete("u2", null, default);
        Assert.Equal(1, (await Grain.GetFile("u2", default)).FileSize);

        await _host.Conversation("team").RemoveMember("u1", "u2", default);

        Assert.Equal(FileStatus.Merging, (await Grain.Get("u2", default)).Status);
        Assert.Equal(1, (await Grain.GetFile("u3", default)).FileSize);
        await RefusedAsync(ErrorCodes.NotAMember, () => Grain.GetFile("u2", default).AsTask());
    }

    [Fact]
    public async Task An_answer_that_comes_behind_the_end_does_not_open_the_upload_again()
    {
        var answered = new TaskCompletionSource();
        var mayAnswer = new TaskCompletionSource();
        var held = 0;
        var files = Interposed<IFileStore>.Around(_store.Files, behind: async method =>
        {
            if (method == nameof(IFileStore.AddChunkAsync) && Interlocked.Increment(ref held) == 2)
            {
                answered.SetResult();
                await mayAnswer.Task;
            }
        });
        await using var host = await GrainHost.StartAsync(_store, files, null);
        await InitiateAsync(2 * ChunkSize);
        var grain = host.Upload(_id);
        await grain.Register("u1", Chunk(1, ChunkSize), default);
        var late = grain.Register("u1", Chunk(2, ChunkSize), default);
        await answered.Task;

        Assert.Equal(FileStatus.Merging, (await grain.Complete("u1", null, default)).Status);
        mayAnswer.SetResult();
        await late;

        Assert.Equal(FileStatus.Merging, (await grain.Get("u1", default)).Status);
    }

    [Fact]
    public async Task Completing_needs_every_chunk_and_asks_for_one_merge()
    {
        await InitiateAsync(2 * ChunkSize);
        await Grain.Register("u1", Chunk(2, ChunkSize), default);
        await RefusedAsync(ErrorCodes.IncompleteUpload, () => Grain.Complete("u1", null, default));
        await Grain.Register("u1", Chunk(1, ChunkSize), default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Grain.Complete("u1", null, default)));

        Assert.All(answers, answer => Assert.Equal(FileStatus.Merging, answer.Status));
        var request = Assert.Single(_host.Log.Events, one => one.Type == EventTypes.FileMergeRequested);
        Assert.Equal(_id, request.Key);
        await RefusedAsync(ErrorCodes.UploadClosed, () => Grain.Admit("u1", 1, default).AsTask());
        await RefusedAsync(ErrorCodes.UploadClosed, () => Grain.Register("u1", Chunk(1, ChunkSize), default));
        await RefusedAsync(ErrorCodes.UploadClosed, () => Grain.Abandon("u1", default));
    }

    [Fact]
    public async Task A_merge_that_the_log_refused_is_asked_for_again_by_completing_again()
    {
        await InitiateAsync(1);
        await Grain.Register("u1", Chunk(1, 1), default);
        _host.Log.Refuses = true;
        await RefusedAsync(ErrorCodes.StoreUnavailable, () => Grain.Complete("u1", null, default));
        _host.Log.Refuses = false;

        await Hosting.Eventually.HoldsAsync("the merge is asked for", async () =>
        {
            await Grain.Complete("u1", null, default);
            return _host.Log.Events.Any(one => one.Type == EventTypes.FileMergeRequested);
        });
    }

    [Fact]
    public async Task A_user_has_only_so_many_uploads_and_bytes_open()
    {
        await InitiateAsync(6_000_000);
        await RefusedAsync(ErrorCodes.UploadQuotaExceeded, () => InitiateAsync(4_000_001, id: Ids.New(TimeProvider.System)));
        await InitiateAsync(1, id: Ids.New(TimeProvider.System));
        await RefusedAsync(ErrorCodes.TooManyUploads, () => InitiateAsync(1, id: Ids.New(TimeProvider.System)));

        await Grain.Abandon("u1", default);

        await InitiateAsync(1, id: Ids.New(TimeProvider.System));
    }

    [Fact]
    public async Task An_abandoned_upload_is_gone_with_its_pieces()
    {
        await InitiateAsync(1);
        var chunk = Chunk(1, 1);
        await _store.Objects.PutAsync(chunk.StorageKey, new MemoryStream(new byte[1]), 1, default);
        await Grain.Register("u1", chunk, default);

        await Grain.Abandon("u1", default);

        await RefusedAsync(ErrorCodes.UploadNotFound, () => Grain.Get("u1", default).AsTask());
        Assert.Null(await _store.Objects.FindAsync(chunk.StorageKey, default));
    }

    [Fact]
    public async Task A_tail_grows_only_at_its_end()
    {
        await InitiateAsync(100, kind: UploadKind.Tail);

        await Grain.Append("u1", 0, Chunk(0, 30), default);
        await RefusedAsync(ErrorCodes.OffsetMismatch, () => Grain.Append("u1", 0, Chunk(0, 30), default));
        await RefusedAsync(ErrorCodes.OffsetMismatch, () => Grain.Append("u1", 30, Chunk(0, 71), default));
        var receipt = await Grain.Append("u1", 30, Chunk(0, 70), default);

        Assert.Equal(100, receipt.Upload.UploadedBytes);
        Assert.Equal(FileStatus.Merging, (await Grain.Complete("u1", null, default)).Status);
        Assert.Equal([1, 2], (await _store.Files.ListChunksAsync(_id, default)).Select(chunk => chunk.Number));
    }

    private IUploadSessionGrain Grain => _host.Upload(_id);

    private Task<UploadView> InitiateAsync(long size, string user = "u1", string conversation = "team", string? id = null, UploadKind kind = UploadKind.Chunks) =>
        _host.Upload(id ?? _id).Initiate(
            new InitiateUpload { UserId = user, ConversationId = conversation, Filename = "a.bin", FileSize = size, MimeType = "application/octet-stream", ChunkSize = ChunkSize, Kind = kind },
            default);

    private static StoredChunk Chunk(int number, int size) =>
        new(number, size, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), StorageKeys.NewChunk(TimeProvider.System));

    private static async Task RefusedAsync(string code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<ChatException>(call)).Error.Code);
}
