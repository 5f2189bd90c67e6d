using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>
/// Brings the files that people send on the channels into their conversations, as uploads of theirs: the same merge, the same look at what a file begins with. An upload's id follows from
/// the platform's message, so that its row says how far an attempt before came.
/// </summary>
internal sealed partial class IncomingFiles(
    IEnumerable<IMediaSource> sources, IFileStore files, IObjectStore objects, IGrainFactory grains, IOptions<IncomingOptions> options, TimeProvider time, ILogger<IncomingFiles> log)
    : IDisposable
{
    private const string AnyType = "application/octet-stream";
    private const int MaxMimeType = 127;

    private static readonly Counter<long> Files = Telemetry.Meter.CreateCounter<long>(
        "chat4all_incoming_files_total", description: "Files that came in on the channels, by what became of them.");

    private readonly Dictionary<string, IMediaSource> _sources = sources.ToDictionary(static source => source.Channel, StringComparer.Ordinal);

    /// <summary>At most half of the worker's places download, so that a slow platform never holds up what the others have to say.</summary>
    private readonly SemaphoreSlim _downloads = new(Math.Max(1, options.Value.IncomingConcurrency / 2));

    /// <summary>Takes the next step with a file. A passing failure is tried again 3 times; <paramref name="call"/> counts.</summary>
    public async Task<IncomingFile> TakeAsync(
        CallProgress call, string fileId, IncomingMedia media, string conversationId, string userId, CancellationToken cancellationToken)
    {
        if (!_sources.TryGetValue(call.Channel, out var source))
        {
            return IncomingFile.Never;
        }

        var status = (await files.FindAsync(fileId, cancellationToken))?.Status;
        switch (status)
        {
            case FileStatus.Completed:
                Count(call, "taken");
                return IncomingFile.Here;
            case FileStatus.Failed:
                Count(call, "refused");
                return IncomingFile.Never;
            case FileStatus.Merging:
                return IncomingFile.After(call.NextWait());
        }

        if (!await _downloads.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            return IncomingFile.After(call.NextWait());
        }

        try
        {
            return await TryFetchAsync(call, source, fileId, status is not null, media, conversationId, userId, cancellationToken);
        }
        finally
        {
            _downloads.Release();
        }
    }

    public void Dispose() => _downloads.Dispose();

    private static void Count(CallProgress call, string result) => Files.Add(1, new("channel", call.Channel), new("result", result));

    private async Task<IncomingFile> TryFetchAsync(
        CallProgress call, IMediaSource source, string fileId, bool isBegun, IncomingMedia media, string conversationId, string userId, CancellationToken cancellationToken)
    {
        try
        {
            if (isBegun)
            {
                // An attempt that got no further; what is there of it may be of another length. Should it get further just now, this fails and the next look sees how far.
                await grains.GetGrain<IUploadSessionGrain>(fileId).Abandon(userId, cancellationToken);
            }

            await FetchAsync(source, fileId, media, conversationId, userId, cancellationToken);
            call.Advance();
            return IncomingFile.After(call.NextWait());
        }
        catch (MediaRefusedException refused)
        {
            LogRefused(log, call.Channel, refused.Code);
            Count(call, "refused");
            return IncomingFile.Never;
        }
        catch (Exception passing) when (passing is MediaUnavailableException or IOException or ChatException { Error.Kind: not ChatErrorKind.Unavailable })
        {
            LogUnavailable(log, call.Channel, passing);
            if (call.Fail(fileId) is var failures && failures <= RetrySchedule.MaxRetries)
            {
                return IncomingFile.After(RetrySchedule.After(failures));
            }

            Count(call, "unavailable");
            return IncomingFile.Never;
        }
    }

    /// <summary>By way of a file on this machine, because only at its end its length is known.</summary>
    private async Task FetchAsync(IMediaSource source, string fileId, IncomingMedia media, string conversationId, string userId, CancellationToken cancellationToken)
    {
        await using var spool = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        var served = await source.FetchAsync(media, spool, options.Value.MaxIncomingFileBytes, cancellationToken);
        var size = spool.Length > 0 ? (int)spool.Length : throw new MediaRefusedException("empty_file");
        spool.Position = 0;
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(spool, cancellationToken));
        spool.Position = 0;

        var type = TypeOf(served) ?? TypeOf(media.MimeType) ?? AnyType;
        var upload = grains.GetGrain<IUploadSessionGrain>(fileId);
        await upload.Initiate(
            new InitiateUpload
            {
                UserId = userId,
                ConversationId = conversationId,
                Filename = FileNames.Clean(media.Filename, NameFor(media.Kind, type)),
                FileSize = size,
                MimeType = type,
                ChunkSize = size,
                Kind = UploadKind.Tail,
            },
            cancellationToken);
        var key = StorageKeys.NewChunk(time);
        await objects.PutAsync(key, spool, size, cancellationToken);
        try
        {
            await upload.Append(userId, 0, new StoredChunk(1, size, sha256, key), cancellationToken);
        }
        catch (ChatException)
        {
            await objects.DeleteAsync([key], cancellationToken);
            throw;
        }

        await upload.Complete(userId, sha256, cancellationToken);
    }

    /// <summary>A media type without its parameters; null when it is none that says anything.</summary>
    private static string? TypeOf(string? text) =>
        MediaTypeHeaderValue.TryParse(text, out var type) && type.MediaType is { Length: <= MaxMimeType } name && !name.Contains('*', StringComparison.Ordinal)
        && !name.Equals(AnyType, StringComparison.OrdinalIgnoreCase)
            ? name.ToLowerInvariant()
            : null;

    /// <summary>What a file without a name is called: <c>image.jpeg</c>, <c>audio.ogg</c>.</summary>
    private static string NameFor(string kind, string mimeType)
    {
        var subtype = mimeType[(mimeType.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return subtype.Length <= 5 && subtype.All(char.IsAsciiLetterOrDigit) ? $"{kind}.{subtype}" : kind;
    }

    [LoggerMessage(361, LogLevel.Information, "A file of {Channel} was not taken: {Reason}")]
    private static partial void LogRefused(ILogger log, string channel, string reason);

    [LoggerMessage(362, LogLevel.Warning, "A file of {Channel} could not be had")]
    private static partial void LogUnavailable(ILogger log, string channel, Exception failure);
}
