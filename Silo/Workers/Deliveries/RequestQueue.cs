using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>
/// Requests on their way into one channel's topic, in their order, one append at a time; what comes meanwhile goes together in the next. While the topic takes nothing they wait here, so
/// that the other channels do not wait for it; each is appended until it is taken.
/// </summary>
internal sealed partial class RequestQueue(IEventLog eventLog, string topic, RequestRoom room, TimeProvider time, ILogger log)
{
    private const int AppendChunk = 1_000;

    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _waiting = new();
    private Task _last = Task.CompletedTask;
    private bool _isAppending;

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
        var added = new Waiting(requests, cutOff);
        lock (_lock)
        {
            _waiting.Enqueue(added);
            _last = added.Appended;
            if (_isAppending)
            {
                return;
            }

            _isAppending = true;
        }

        _ = AppendAllAsync();
    }

    /// <summary>Appends until nothing waits.</summary>
    private async Task AppendAllAsync()
    {
        while (Next() is [var first, ..] next)
        {
            Exception? end = null;
            try
            {
                foreach (var chunk in next.SelectMany(static one => one.Requests).Chunk(AppendChunk))
                {
                    await AppendAsync(chunk, first.CutOff);
                }
            }
            catch (Exception cause)
            {
                end = cause;
            }

            foreach (var one in next)
            {
                room.GiveBack(one.Requests);
                one.End(end);
            }
        }
    }

    /// <summary>What goes into the next append: all that one cut-off ends, up to a chunk.</summary>
    private List<Waiting> Next()
    {
        lock (_lock)
        {
            var next = new List<Waiting>();
            var requests = 0;
            while (_waiting.TryPeek(out var one) && (next.Count == 0 || (requests + one.Requests.Count <= AppendChunk && one.CutOff == next[0].CutOff)))
            {
                next.Add(_waiting.Dequeue());
                requests += one.Requests.Count;
            }

            _isAppending = next.Count > 0;
            return next;
        }
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

    private sealed class Waiting
    {
        private readonly TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenRegistration _cutting;

        public Waiting(IReadOnlyList<LogEvent> requests, CancellationToken cutOff)
        {
            (Requests, CutOff) = (requests, cutOff);
            _cutting = cutOff.UnsafeRegister(static (appended, token) => ((TaskCompletionSource)appended!).TrySetCanceled(token), _appended);
        }

        public IReadOnlyList<LogEvent> Requests { get; }

        public CancellationToken CutOff { get; }

        /// <summary>Ends at once with the cut-off, however long those before take.</summary>
        public Task Appended => _appended.Task;

        public void End(Exception? cause)
        {
            _cutting.Dispose();
            if (cause is null)
            {
                _appended.TrySetResult();
            }
            else
            {
                _appended.TrySetException(cause);
            }
        }
    }
}
