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
        try
        {
            var now = time.GetUtcNow();
            var (uploads, freed) = await CollectExpiredAsync(now, cancellationToken);
            var young = now - options.Value.OrphanAge;
            freed += await CollectOrphansAsync(StorageKeys.Chunks, young, cancellationToken);
            freed += await CollectOrphansAsync(StorageKeys.Objects, young, cancellationToken);
            freed += await objects.ReclaimAsync(young, cancellationToken);
            FileMetrics.Collected(freed);
            if (uploads > 0 || freed.Objects > 0 || actor != Itself)
            {
                var detail = string.Create(CultureInfo.InvariantCulture, $$"""{"expired_uploads":{{uploads}},"deleted_objects":{{freed.Objects}},"freed_bytes":{{freed.Bytes}}}""");
                await files.AuditAsync(actor, "files.collected", detail, now, cancellationToken);
            }

            return (uploads, freed);
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

    private async Task<(int Uploads, Reclaimed Freed)> CollectExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (uploads, freed) = (0, default(Reclaimed));
        while (true)
        {
            var expired = await files.ListExpiredAsync(now, Batch, cancellationToken);
            foreach (var id in expired)
            {
                if (await files.DeleteAsync(id, now, cancellationToken) is { } pieces)
                {
                    uploads++;
                    await objects.DeleteAsync([.. pieces.Select(static piece => piece.Key)], cancellationToken);
                    freed += new Reclaimed(pieces.Count, pieces.Sum(static piece => piece.Length));
                }
            }

            if (expired.Count < Batch)
            {
                return (uploads, freed);
            }
        }
    }

    private async Task<Reclaimed> CollectOrphansAsync(string prefix, DateTimeOffset young, CancellationToken cancellationToken)
    {
        var freed = default(Reclaimed);
        var candidates = new List<StoredObject>(Batch);
        await foreach (var found in objects.ListAsync(prefix, cancellationToken))
        {
            if (found.LastModified <= young)
            {
                candidates.Add(found);
            }

            if (candidates.Count == Batch)
            {
                freed += await DeleteUnreferencedAsync(candidates, cancellationToken);
                candidates.Clear();
            }
        }

        return freed + await DeleteUnreferencedAsync(candidates, cancellationToken);
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

    [LoggerMessage(1602, LogLevel.Warning, "Files could not be collected; the next time is the next chance")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
