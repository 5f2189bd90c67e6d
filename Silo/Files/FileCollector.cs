using System.Globalization;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Silo.Files;

/// <summary>
/// Frees what uploads left: those that expired, pieces and objects that no row refers to, drafts of a store. What is young is never looked at, and what is open is only deleted by a
/// transaction that finds it expired, so that it touches no active upload.
/// </summary>
public sealed partial class FileCollector(IFileStore files, IObjectStore objects, IOptions<UploadOptions> options, TimeProvider time, ILogger<FileCollector> logger) : BackgroundService
{
    /// <summary>Who collects when nobody asked.</summary>
    private const string Itself = "collector";

    private const int Batch = 500;

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Collects now; waits while another collection of this process is under way.</summary>
    /// <param name="actor">Who asked: goes into the audit log.</param>
    public async Task<(int Uploads, Reclaimed Freed)> CollectAsync(string actor, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var tally = new Tally();
        try
        {
            var now = time.GetUtcNow();
            try
            {
                await CollectExpiredAsync(now, tally, cancellationToken);
                var young = now - options.Value.OrphanAge;
                await CollectOrphansAsync(StorageKeys.Chunks, young, tally, cancellationToken);
                await CollectOrphansAsync(StorageKeys.Objects, young, tally, cancellationToken);
                tally.Freed += await objects.ReclaimAsync(young, cancellationToken);
            }
            finally
            {
                // What was freed is freed, also when the rest could not be looked at.
                await TellAsync(actor, tally, now);
            }

            return (tally.Uploads, tally.Freed);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CollectEvery, time);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                await CollectAsync(Itself, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, failure);
            }
        }
    }

    private async Task TellAsync(string actor, Tally tally, DateTimeOffset now)
    {
        var (uploads, freed) = (tally.Uploads, tally.Freed);
        FileMetrics.Collected(freed);
        if (uploads > 0 || freed.Objects > 0 || actor != Itself)
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $$"""{"expired_uploads":{{uploads}},"deleted_objects":{{freed.Objects}},"freed_bytes":{{freed.Bytes}}}""");
            await files.AuditAsync(actor, "files.collected", detail, now, CancellationToken.None);
        }
    }

    private async Task CollectExpiredAsync(DateTimeOffset now, Tally tally, CancellationToken cancellationToken)
    {
        while (true)
        {
            var expired = await files.ListExpiredAsync(now, Batch, cancellationToken);
            foreach (var id in expired)
            {
                if (await files.DeleteAsync(id, now, cancellationToken) is { } pieces)
                {
                    tally.Uploads++;
                    await objects.DeleteAsync([.. pieces.Select(static piece => piece.Key)], cancellationToken);
                    tally.Freed += new Reclaimed(pieces.Count, pieces.Sum(static piece => piece.Length));
                }
            }

            if (expired.Count < Batch)
            {
                return;
            }
        }
    }

    private async Task CollectOrphansAsync(string prefix, DateTimeOffset young, Tally tally, CancellationToken cancellationToken)
    {
        var candidates = new List<StoredObject>(Batch);
        await foreach (var found in objects.ListAsync(prefix, cancellationToken))
        {
            if (found.LastModified <= young)
            {
                candidates.Add(found);
            }

            if (candidates.Count == Batch)
            {
                tally.Freed += await DeleteUnreferencedAsync(candidates, cancellationToken);
                candidates.Clear();
            }
        }

        tally.Freed += await DeleteUnreferencedAsync(candidates, cancellationToken);
    }

    /// <summary>A key is never used twice, so what nothing refers to now nothing will refer to.</summary>
    private async Task<Reclaimed> DeleteUnreferencedAsync(List<StoredObject> candidates, CancellationToken cancellationToken)
    {
        if (candidates.Count == 0)
        {
            return default;
        }

        var referenced = await files.FindReferencedAsync([.. candidates.Select(static one => one.Key)], cancellationToken);
        StoredObject[] orphans = [.. candidates.Where(one => !referenced.Contains(one.Key))];
        await objects.DeleteAsync([.. orphans.Select(static one => one.Key)], cancellationToken);
        return new Reclaimed(orphans.Length, orphans.Sum(static one => one.Length));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>What one collection has freed so far.</summary>
    private sealed class Tally
    {
        public int Uploads { get; set; }

        public Reclaimed Freed { get; set; }
    }

    [LoggerMessage(1602, LogLevel.Warning, "Files could not be collected; the next time is the next chance")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
