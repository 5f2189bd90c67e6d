namespace Orleans.Local;

/// <summary>
/// Delivers calls in another order than they were sent, so that tests catch code that relies on the order of calls that it does not
/// await. A call waits for a few rounds of the thread pool, and each round delivers any of those that wait.
/// </summary>
internal sealed class CallShuffle(LocalEngine engine, int seed)
{
    private const int MostRounds = 4;

    private readonly Lock _gate = new();
    private readonly List<GrainCall> _waiting = [];
#pragma warning disable CA5394 // Not for secrets: the same seed must give the same choices.
    private readonly Random _random = new(seed);

    public void Add(GrainCall call)
    {
        int rounds;
        lock (_gate)
        {
            _waiting.Add(call);
            rounds = _random.Next(MostRounds);
        }

        Queue(rounds);
    }

    private void Queue(int rounds) => ThreadPool.UnsafeQueueUserWorkItem(
        static state => state.Self.Turn(state.Rounds), (Self: this, Rounds: rounds), preferLocal: false);

    private void Turn(int rounds)
    {
        if (rounds > 0)
        {
            Queue(rounds - 1);
            return;
        }

        GrainCall chosen;
        lock (_gate)
        {
            var position = _random.Next(_waiting.Count);
            chosen = _waiting[position];
            _waiting[position] = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
        }

        engine.Deliver(chosen);
    }
#pragma warning restore CA5394
}
