namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>How deliveries are attempted. Section <c>Channels</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Whether a request whose answer never came is made again, at the risk that the recipient gets the message twice. Default true.</summary>
    public bool RetryUnknownOutcome { get; init; } = true;

    /// <summary>Most messages that are being sent on one channel at the same time. 1 to 10,000, default 64.</summary>
    public int Concurrency { get; init; } = 64;
}
