using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers;

/// <summary>Commits how far a worker is, one commit at a time: what is reached while one is under way goes together in the next, so that a log whose commits take long holds up nothing.</summary>
/// <param name="commit">Commits positions; never throws.</param>
internal sealed class CommitLoop(Func<IReadOnlyList<LogPosition>, Task> commit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _reached = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Completes when everything reached before is committed.</summary>
    public Task Committed
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Everything up to these positions is done, and goes into the same commit.</summary>
    public void Reach(params IEnumerable<LogPosition> positions)
    {
        lock (_lock)
        {
            foreach (var position in positions)
            {
                _reached[position.Partition] = position.Offset;
            }

            if (_running.IsCompleted)
            {
                _running = Task.Run(RunAsync, CancellationToken.None);
            }
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            LogPosition[] reached;
            lock (_lock)
            {
                if (_reached.Count == 0)
                {
                    _running = Task.CompletedTask;
                    return;
                }

                reached = [.. _reached.Select(static place => new LogPosition(place.Key, place.Value))];
                _reached.Clear();
            }

            await commit(reached);
        }
    }
}
