using Chat4All.Grains.Abstractions;

namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>A receipt on its way back.</summary>
/// <param name="At">When it happened on the platform.</param>
/// <param name="Due">When the hub is told: at once, or later when it refused.</param>
/// <param name="Tries">How often the hub refused it.</param>
internal readonly record struct PendingReceipt(Channels Channel, string ExternalId, MessageStatus Status, DateTimeOffset At, DateTimeOffset Due, int Tries = 0);

/// <summary>
/// Receipts by the time at which they are due, in slots of one tick that are gone through round by round: adding and taking cost the same however many wait.
/// </summary>
internal sealed class ReceiptWheel(TimeSpan tick, int limit)
{
    private const int Slots = 128;

    private readonly Lock _changing = new();
    private readonly List<PendingReceipt>[] _slots = [.. Enumerable.Range(0, Slots).Select(static _ => new List<PendingReceipt>())];
    private long _taken;
    private int _count;

    /// <summary>Receipts that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>False when it is full.</summary>
    public bool TryAdd(PendingReceipt receipt)
    {
        lock (_changing)
        {
            if (_count >= limit)
            {
                return false;
            }

            // What is due already goes into the next slot to be looked at.
            _slots[Math.Max(TickOf(receipt.Due), _taken + 1) % Slots].Add(receipt);
            _count++;
            return true;
        }
    }

    /// <summary>Moves what is due by <paramref name="now"/> into <paramref name="due"/>.</summary>
    public void Take(DateTimeOffset now, List<PendingReceipt> due)
    {
        lock (_changing)
        {
            var current = TickOf(now);
            for (var at = Math.Max(_taken + 1, current - Slots + 1); at <= current; at++)
            {
                var slot = _slots[at % Slots];
                var kept = 0;
                for (var index = 0; index < slot.Count; index++)
                {
                    if (TickOf(slot[index].Due) <= current)
                    {
                        due.Add(slot[index]);
                    }
                    else
                    {
                        slot[kept++] = slot[index];
                    }
                }

                _count -= slot.Count - kept;
                slot.RemoveRange(kept, slot.Count - kept);
            }

            _taken = Math.Max(_taken, current);
        }
    }

    private long TickOf(DateTimeOffset at) => at.UtcTicks / tick.Ticks;
}
