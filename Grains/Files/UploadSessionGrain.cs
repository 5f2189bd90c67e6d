using System.Collections.Immutable;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Grains.Files;

/// <inheritdoc cref="IUploadSessionGrain" />
/// <remarks>The state is a cache of the rows, which decide; it only grows while the upload is open, and is read anew while others may change the row: the merge worker, and who has it try again.</remarks>
internal sealed class UploadSessionGrain(
    IFileStore store, IObjectStore objects, MergeRequests merges, IGrainFactory grains, IOptions<UploadOptions> options, TimeProvider time) : Grain, IUploadSessionGrain
{
    private UploadState? _state;
    private Task<UploadState>? _loading;

    private string UploadId => this.GetPrimaryKeyString();

    public async Task<UploadView> Initiate(InitiateUpload command, CancellationToken cancellationToken)
    {
        await grains.GetGrain<IConversationGrain>(command.ConversationId).Get(command.UserId, cancellationToken);
        var now = time.GetStoreNow();
        var file = new FileRecord
        {
            FileId = UploadId,
            ConversationId = command.ConversationId,
            UserId = command.UserId,
            Filename = command.Filename,
            FileSize = command.FileSize,
            MimeType = command.MimeType,
            ChecksumSha256 = command.ChecksumSha256,
            Status = FileStatus.Pending,
            Kind = command.Kind,
            ChunkSize = command.ChunkSize,
            TotalChunks = command.Kind == UploadKind.Chunks ? (int)((command.FileSize + command.ChunkSize - 1) / command.ChunkSize) : 0,
            UploadedChunks = 0,
            Metadata = command.Metadata,
            CreatedAt = now,
            ExpiresAt = now + options.Value.Expiry,
            UpdatedAt = now,
        };
        var quota = new UploadQuota(options.Value.MaxOpenUploads, options.Value.MaxOpenBytes);
        _state = await store.CreateAsync(file, quota, cancellationToken).Translated() switch
        {
            NewUploadOutcome.TooManyUploads => throw ChatException.Conflict(
                ErrorCodes.TooManyUploads, $"At most {quota.Uploads} uploads may be open at once. Complete or abandon some."),
            NewUploadOutcome.TooManyBytes => throw ChatException.Conflict(
                ErrorCodes.UploadQuotaExceeded, $"Open uploads may add up to {quota.Bytes} bytes. Complete or abandon some."),
            _ => new UploadState(file, ImmutableSortedDictionary<int, StoredChunk>.Empty),
        };
        return _state.View();
    }

    public ValueTask<UploadView> Get(string callerId, CancellationToken cancellationToken) => ViewAsync(callerId, asFile: false, cancellationToken);

    public ValueTask<UploadView> GetFile(string callerId, CancellationToken cancellationToken) => ViewAsync(callerId, asFile: true, cancellationToken);

    public async ValueTask<ChunkSlot> Admit(string callerId, int chunkNumber, CancellationToken cancellationToken)
    {
        var state = await OwnAsync(callerId, cancellationToken);
        var slot = state.SlotOf(chunkNumber);
        RequireOpen(state);
        return slot;
    }

    public async Task<ChunkReceipt> Register(string callerId, StoredChunk chunk, CancellationToken cancellationToken)
    {
        var state = await OwnAsync(callerId, cancellationToken);
        if (state.SlotOf(chunk.Number).Length is var length && chunk.Size != length)
        {
            throw ChatException.Invalid(ErrorCodes.WrongChunkLength, $"Chunk {chunk.Number} must have {length} bytes.");
        }

        var known = await AddAsync(chunk);
        return known.StorageKey == chunk.StorageKey ? new ChunkReceipt(true, _state!.View())
            : known.Sha256 == chunk.Sha256 ? new ChunkReceipt(false, _state!.View())
            : throw ChatException.Conflict(ErrorCodes.DuplicateChunk, $"Chunk {chunk.Number} is there already, with other bytes.");
    }

    public async Task<ChunkReceipt> Append(string callerId, long offset, StoredChunk piece, CancellationToken cancellationToken)
    {
        var state = await OwnAsync(callerId, cancellationToken);
        if (state.File.Kind != UploadKind.Tail || offset != state.Bytes || piece.Size > state.File.FileSize - offset)
        {
            throw UploadRefusals.WrongOffset(state.Bytes);
        }

        var next = piece with { Number = state.File.UploadedChunks + 1 };
        var known = await AddAsync(next);
        if (known.StorageKey != piece.StorageKey)
        {
            // Another activation was faster: what is known here is stale.
            _state = null;
            throw UploadRefusals.WrongOffset((await CurrentAsync(cancellationToken)).Bytes);
        }

        return new ChunkReceipt(true, _state!.View());
    }

    public async Task<UploadView> Complete(string callerId, string? contentSha256, CancellationToken cancellationToken)
    {
        var state = await OwnAsync(callerId, cancellationToken);
        if (state.File.Status == FileStatus.Completed)
        {
            return state.View();
        }

        // Whoever left the conversation adds no file to it.
        await grains.GetGrain<IConversationGrain>(state.File.ConversationId).Get(callerId, cancellationToken);
        var now = time.GetStoreNow();
        var file = await store.CloseAsync(UploadId, StorageKeys.NewObject(time), contentSha256, now, CancellationToken.None).Translated() ?? throw Forget(UploadRefusals.NotFound());
        _state = state = file.IsOpen ? await LoadAsync() : state with { File = file };
        switch (file.Status)
        {
            case FileStatus.Failed:
                throw UploadRefusals.Failed(file.Error);
            case FileStatus.Pending or FileStatus.Uploading:
                RequireOpen(state);
                throw ChatException.Invalid(ErrorCodes.IncompleteUpload, $"{state.Bytes} of {file.FileSize} bytes are there.");
            case FileStatus.Merging when file.UpdatedAt == now || file.UpdatedAt < now - options.Value.MergeAgainAfter:
                await RequestMergeAsync(file);
                break;
        }

        return state.View();
    }

    public async Task Abandon(string callerId, CancellationToken cancellationToken)
    {
        await OwnAsync(callerId, cancellationToken);
        var pieces = await store.DeleteAsync(UploadId, null, cancellationToken).Translated()
            ?? throw UploadRefusals.Closed();
        Forget(UploadRefusals.NotFound());
        try
        {
            await objects.DeleteAsync([.. pieces.Select(static piece => piece.Key)], CancellationToken.None);
        }
        catch (ObjectStoreUnavailableException)
        {
            // Nothing refers to them any more: the collector's.
        }
    }

    private async ValueTask<UploadView> ViewAsync(string callerId, bool asFile, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        var isOpen = state.File.IsOpen;
        if (state.File.UserId != callerId || (asFile && !isOpen))
        {
            await grains.GetGrain<IConversationGrain>(state.File.ConversationId).Get(callerId, cancellationToken);
        }

        if (isOpen)
        {
            RequireOpen(state);
        }

        return state.View();
    }

    /// <summary>Notes a piece and answers the one that has its number.</summary>
    private async Task<StoredChunk> AddAsync(StoredChunk chunk)
    {
        // Once the store is asked, the caller's leaving changes nothing: it would not know whether its object is in use.
        var (file, known) = await store.AddChunkAsync(UploadId, chunk, time.GetStoreNow(), CancellationToken.None).Translated();
        if (file is null)
        {
            throw Forget(UploadRefusals.NotFound());
        }

        var state = _state ?? await LoadAsync();
        if (known is null)
        {
            _state = state with { File = file };
            RequireOpen(_state);
            throw ChatException.Conflict(ErrorCodes.UploadClosed, "The upload takes no more chunks.");
        }

        // Calls interleave, so that an older answer may come later, even behind the one that closed the upload: counts only grow.
        _state = !state.File.IsOpen ? state : state.With(file.UploadedChunks >= state.File.UploadedChunks ? file : state.File, known);
        return known;
    }

    private async Task RequestMergeAsync(FileRecord file)
    {
        try
        {
            await merges.RequestAsync(file, CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or TimeoutException or StoreUnavailableException or CommitOutcomeUnknownException)
        {
            throw ChatException.Unavailable(ErrorCodes.StoreUnavailable, "The event log does not take the merge now; it will be asked again.", failure);
        }
    }

    private async ValueTask<UploadState> OwnAsync(string callerId, CancellationToken cancellationToken)
    {
        var state = await CurrentAsync(cancellationToken);
        return state.File.UserId == callerId ? state : throw UploadRefusals.NotFound();
    }

    private ValueTask<UploadState> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_state is { File: { Status: not FileStatus.Merging, Error: not ErrorCodes.MergeFailed } } state)
        {
            return new ValueTask<UploadState>(state);
        }

        _loading ??= LoadAsync();
        return new ValueTask<UploadState>(_loading.WaitAsync(cancellationToken));
    }

    private async Task<UploadState> LoadAsync()
    {
        try
        {
            // Never answered within the caller's own turn, so that _loading is set before it is cleared.
            await Task.Yield();
            var file = await store.FindAsync(UploadId, CancellationToken.None).Translated() ?? throw Forget(UploadRefusals.NotFound());
            var chunks = file.IsOpen ? await store.ListChunksAsync(UploadId, CancellationToken.None).Translated() : [];
            return _state = new UploadState(file, chunks.ToImmutableSortedDictionary(static chunk => chunk.Number, static chunk => chunk));
        }
        finally
        {
            _loading = null;
        }
    }

    private void RequireOpen(UploadState state)
    {
        if (!state.File.IsOpen)
        {
            throw UploadRefusals.Closed();
        }

        if (state.File.ExpiresAt <= time.GetStoreNow())
        {
            throw UploadRefusals.Expired();
        }
    }

    private ChatException Forget(ChatException failure)
    {
        _state = null;
        DeactivateOnIdle();
        return failure;
    }
}
