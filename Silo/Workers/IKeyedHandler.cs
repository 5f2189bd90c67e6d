using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers;

/// <summary>Work on single records: those of one key strictly one after the other, different keys in parallel.</summary>
public interface IKeyedHandler
{
    string Topic { get; }

    /// <summary>The consumer group; each group sees every record.</summary>
    string Group { get; }

    /// <summary>Most records that are handled at the same time. 1 to 10,000.</summary>
    int Concurrency { get; }

    /// <summary>
    /// Most records that are read and not done; reading pauses until a quarter of it is free. Those behind a key that waits count too, so that too many of one key hold up all others. 1,000 to 1,000,000, default 4,000.
    /// </summary>
    int MaxInFlight => 4_000;

    /// <summary>
    /// One attempt. A record may come more than once; <see cref="LogEvent.Id"/> tells repeats. An exception counts as <see cref="HandlingResult.Retry"/>, but for those that say that the
    /// store is away: these are waited out. The token is only cancelled when a stop has taken too long; then the record comes again.
    /// </summary>
    Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken);

    /// <summary>Puts a record aside whose attempts are used up, or that can never be handled. Called again until it returns; only then the key goes on.</summary>
    Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken);
}
