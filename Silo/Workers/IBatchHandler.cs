using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers;

/// <summary>Work on whole batches across keys: for what is one statement for many records.</summary>
public interface IBatchHandler
{
    string Topic { get; }

    /// <summary>The consumer group; each group sees every record.</summary>
    string Group { get; }

    /// <summary>Most records in one batch. 1 to 10,000.</summary>
    int MaxBatch { get; }

    /// <summary>How long the next records may gather after a batch that was not full, where each batch costs something whatever its size. 0 to 1 s; none unless a handler says so.</summary>
    TimeSpan Gathering => TimeSpan.Zero;

    /// <summary>
    /// Completes when everything that was handled so far may be committed: for a handler that leaves something to be done behind its return. The next batches come meanwhile, up to a limit.
    /// </summary>
    Task Settled => Task.CompletedTask;

    /// <summary>
    /// Completes when the next batch may be read: for a handler that holds in memory what it leaves to be done, which may be far more than the records were. One caller at a time.
    /// </summary>
    Task WaitForRoomAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Handles the records in order, and is done with all of them when it returns. When it throws because something is away, the same batch comes again after a wait, for as long as it
    /// takes. When it throws for another reason it comes again after 1, 2 and 4 s, then its records one by one, and the one that fails becomes a dead letter. Records may come more than once; <see cref="LogEvent.Id"/> tells repeats. The token is only cancelled when a stop has taken too long.
    /// </summary>
    Task HandleAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken);
}
