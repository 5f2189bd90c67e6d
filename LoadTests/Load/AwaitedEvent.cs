namespace Chat4All.LoadTests.Load;

/// <summary>Which frames a load waits for, by what stands in them: looking for bytes costs less than parsing.</summary>
/// <param name="Type">The event's type with its quotes, which stands at the start.</param>
/// <param name="Content">Something else that the frame holds; empty: anything.</param>
internal sealed record AwaitedEvent(byte[] Type, byte[] Content)
{
    /// <summary>A message of a member.</summary>
    public static AwaitedEvent Message { get; } = new("\"message.created\""u8.ToArray(), []);

    /// <summary>A message with one delivery is delivered.</summary>
    public static AwaitedEvent Delivered { get; } = new("\"message.status_updated\""u8.ToArray(), "\"new_status\":\"delivered\""u8.ToArray());
}
