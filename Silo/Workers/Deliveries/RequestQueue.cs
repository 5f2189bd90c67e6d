using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>
/// Requests on their way into one channel's topic, in their order. While the topic takes nothing they wait here, so that the other channels do not wait for it; each is appended until it
/// is taken, and none that was taken is appended again.
/// </summary>
internal sealed partial class RequestQueue(IEventLog eventLog, string topic, RequestRoom room, TimeProvider time, ILogger log)
{
    private const int AppendChunk = 1_000;

    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;

    /// <summary>Completes when everything that was added so far is in the topic, or cut off.</summary>
    public Task Last
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    public void Add(IReadOnlyList<LogEvent> requests, CancellationToken cutOff)
    {
        room.Take(requests);
        lock (_lock)
        {
            _last = AppendAsync(_last, requests, cutOff);
        }
    }

    private async Task AppendAsync(Task before, IReadOnlyList<LogEvent> requests, CancellationToken cutOff)
    {
        await before.WaitAsync(cutOff);
        foreach (var chunk in requests.Chunk(AppendChunk))
        {
            await AppendAsync(chunk, cutOff);
        }

        room.GiveBack(requests);
    }

    private async Task AppendAsync(LogEvent[] chunk, CancellationToken cutOff)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await eventLog.AppendAsync(topic, chunk, cutOff);
                return;
            }
            catch (Exception refused) when (refused is not OutOfMemoryException && !cutOff.IsCancellationRequested)
            {
                LogRefused(log, topic, chunk.Length, refused);
            }

            await Task.Delay(RetrySchedule.After(failures), time, cutOff);
        }
    }

    [LoggerMessage(343, LogLevel.Warning, "{Topic} did not take {Requests} requests; they wait, and those behind them")]
    private static partial void LogRefused(ILogger log, string topic, int requests, Exception refused);
}
