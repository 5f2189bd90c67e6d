using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Connectors;

/// <summary>The hub's end of receipts: keeps what it is told, and refuses or does not know as often as it is asked to.</summary>
internal sealed class RecordedReceipts : IDeliveryReceipts
{
    private readonly Lock _gate = new();
    private readonly List<DeliveryReceipt> _reported = [];
    private int _batches;

    /// <summary>Reports that are still to be refused.</summary>
    public int Refusals { get; set; }

    /// <summary>Reports of which still nothing is known.</summary>
    public int Unknown { get; set; }

    public int Batches => Volatile.Read(ref _batches);

    public IReadOnlyList<DeliveryReceipt> Reported
    {
        get
        {
            lock (_gate)
            {
                return [.. _reported];
            }
        }
    }

    public Task<IReadOnlyList<DeliveryReceipt>> ReportAsync(IReadOnlyList<DeliveryReceipt> receipts, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _batches++;
            if (Refusals > 0)
            {
                Refusals--;
                throw new InvalidOperationException("The store is away.");
            }

            if (Unknown > 0)
            {
                Unknown--;
                return Task.FromResult(receipts);
            }

            _reported.AddRange(receipts);
            return Task.FromResult<IReadOnlyList<DeliveryReceipt>>([]);
        }
    }
}
