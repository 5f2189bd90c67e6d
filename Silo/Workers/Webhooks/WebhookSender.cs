using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Silo.Workers.Webhooks;

/// <summary>
/// Makes the calls that wait: one at a time a webhook, many webhooks in parallel. Webhooks whose last call failed share a quarter of the places, so that receivers that do not answer
/// never hold up those that do. A claimed call is this process's until its lease ends, so that several processes, and one that was killed, get along.
/// </summary>
internal sealed partial class WebhookSender(IWebhookStore store, WebhookAttempts attempts, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookSender> log)
    : BackgroundService
{
    /// <summary>Calls of one webhook before another that waits gets its place.</summary>
    private const int CallsInARow = 50;

    private const int DueLimit = 1_000;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _places = new(options.Value.Parallelism - Failing(options.Value));
    private readonly SemaphoreSlim _failingPlaces = new(Failing(options.Value));

    /// <summary>Says that there may be new calls. Without it they are found a moment later.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has said so already.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
        _places.Dispose();
        _failingPlaces.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var due in await store.ListDueAsync(time.GetUtcNow(), DueLimit, stoppingToken))
                {
                    Start(due, stoppingToken);
                }
            }
            catch (Exception failure) when (failure is not OutOfMemoryException && !stoppingToken.IsCancellationRequested)
            {
                LogFailed(log, failure);
            }

            await _wake.WaitAsync(PollInterval, stoppingToken);
        }
    }

    private static int Failing(WebhookOptions options) => Math.Max(1, options.Parallelism / 4);

    private void Start(DueWebhook due, CancellationToken stopping)
    {
        // Noted before it starts, so that it can not end before it was noted.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_running.TryAdd(due.WebhookId, done.Task))
        {
            return;
        }

        var places = due.IsFailing ? _failingPlaces : _places;
        if (places.Wait(0, CancellationToken.None))
        {
            _ = Task.Run(() => RunAsync(due.WebhookId, places, done, stopping), CancellationToken.None);
        }
        else
        {
            _running.TryRemove(due.WebhookId, out _);
        }
    }

    private async Task RunAsync(string webhookId, SemaphoreSlim places, TaskCompletionSource done, CancellationToken stopping)
    {
        try
        {
            for (var calls = 0; calls < CallsInARow && !stopping.IsCancellationRequested && await attempts.MakeNextAsync(webhookId, stopping); calls++)
            {
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogFailed(log, failure);
        }
        finally
        {
            _running.TryRemove(webhookId, out _);
            places.Release();
            Wake();
            done.SetResult();
        }
    }

    [LoggerMessage(5102, LogLevel.Warning, "Webhook calls could not be taken from the store; they are tried again")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
