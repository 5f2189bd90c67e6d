namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>How deliveries are attempted. Section <c>Channels</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Whether a request whose answer never came is made again, at the risk that the recipient gets the message twice. Default true.</summary>
    public bool RetryUnknownOutcome { get; init; } = true;

    /// <summary>Most messages that are being sent on one channel at the same time. 1 to 10,000, default 64.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>
    /// Most requests of one channel that are read and not done, those behind a conversation that waits included: three quarters of it in one conversation hold up the channel. About 2 KB
    /// each. 1,000 to 1,000,000, default 10,000.
    /// </summary>
    public int MaxInFlight { get; init; } = 10_000;
}
