using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>How far this process is with one webhook call. Not for concurrent use.</summary>
internal sealed class CallProgress(string channel, IncomingPayload payload)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private TimeSpan _wait = FirstWait;

    public string Channel => channel;

    /// <summary>Messages that have not been dealt with.</summary>
    public Queue<IncomingMessage> Messages { get; } = new(payload.Messages);

    /// <summary>Receipts that nobody has taken.</summary>
    public IReadOnlyList<DeliveryReceipt> Receipts { get; set; } = payload.Receipts;

    /// <summary>When the store first said that it does not know the receipts, since it last was away.</summary>
    public DateTimeOffset? UnknownSince { get; set; }

    public Queue<ReceiptWatermark> Watermarks { get; } = new(payload.Watermarks);

    /// <summary>Why one of the messages could not be taken; null when none was refused. It stands for the call as its dead letter.</summary>
    public string? Refusal { get; set; }

    /// <summary>How long until the next look at a file: twice as long each time, so that many that wait don't take the places of those who have something to do.</summary>
    public TimeSpan NextWait()
    {
        var wait = _wait;
        _wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        return wait;
    }

    /// <summary>A file has come a step further: the next look is soon.</summary>
    public void Advance() => _wait = FirstWait;

    /// <summary>Notes that a file could not be had, and answers how often that was so.</summary>
    public int Fail(string fileId) => _failures[fileId] = _failures.GetValueOrDefault(fileId) + 1;
}
