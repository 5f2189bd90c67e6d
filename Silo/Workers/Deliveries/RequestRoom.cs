using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>Bounds the requests that wait in memory for their topics, by number and bytes: a message to a large group makes many. A batch of messages is let in whole.</summary>
internal sealed class RequestRoom
{
    private const int MaxRequests = 20_000;
    private const long MaxBytes = 64L << 20;

    private readonly InFlight _requests = new(MaxRequests);
    private readonly InFlight _bytes = new(MaxBytes);

    /// <summary>Waits until there is room for more. One caller at a time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _requests.WaitForRoomAsync(cancellationToken);
        await _bytes.WaitForRoomAsync(cancellationToken);
    }

    public void Take(IReadOnlyList<LogEvent> requests) => Add(requests, 1);

    public void GiveBack(IReadOnlyList<LogEvent> requests) => Add(requests, -1);

    private void Add(IReadOnlyList<LogEvent> requests, int sign)
    {
        _requests.Add(sign * requests.Count);
        _bytes.Add(sign * requests.Sum(static request => (long)request.Data.Length));
    }
}
