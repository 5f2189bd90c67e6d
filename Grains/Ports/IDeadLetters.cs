namespace Chat4All.Grains.Ports;

/// <summary>Where workers bring what they gave up on.</summary>
public interface IDeadLetters
{
    /// <summary>
    /// Sends the event to <c>message_processing_dlq</c>, stores it, counts and logs it. The same event of the same group again replaces the first one.
    /// </summary>
    /// <param name="group">The consumer group that gave up.</param>
    /// <param name="reason">A stable snake_case code or one sentence; never an address, token or text.</param>
    Task AddAsync(LogRecord record, string group, string reason, int attempts, CancellationToken cancellationToken, string? recipient = null, string? channel = null);
}

/// <summary>Gives what was given up another chance.</summary>
public interface IDeadLetterReplay
{
    /// <summary>
    /// Puts the event back on its topic, behind what is there, and notes that; a letter that was replayed before stays as it is. Where the topic is the store's outbox, the event is
    /// handled at once instead. Throws <see cref="Abstractions.ChatException"/>, <c>not_replayable</c> when it can mean nothing any more.
    /// </summary>
    Task ReplayAsync(DeadLetter letter, AuditEntry entry, CancellationToken cancellationToken);
}
