using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Silo.Files;

/// <summary>Asks again for merges whose request was lost between the row and the event log. One that is still under way finds the second request done when it gets to it.</summary>
internal sealed partial class MergeSweeper(IFileStore files, MergeRequests requests, IOptions<UploadOptions> options, TimeProvider time, ILogger<MergeSweeper> logger) : BackgroundService
{
    private const int Batch = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.MergeAgainAfter / 2, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            foreach (var file in await files.TakeStalledAsync(now - options.Value.MergeAgainAfter, now, Batch, cancellationToken))
            {
                await requests.RequestAsync(file, cancellationToken);
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, failure);
        }
    }

    [LoggerMessage(1603, LogLevel.Warning, "Merges that did not end could not be asked for again; the next time is the next chance")]
    private static partial void LogFailed(ILogger logger, Exception failure);
}
