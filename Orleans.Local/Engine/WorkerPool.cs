using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>The activations of one stateless grain: a call goes to an idle one, else to a new one up to the limit, else to the least busy.</summary>
internal sealed class WorkerPool(GrainClass grainClass, IdSpan key) : CallTarget(grainClass, key)
{
    private readonly List<Worker> _workers = [];
    private bool _gone;

    internal override bool IsGone => Volatile.Read(ref _gone);

    internal override void Receive(GrainCall call)
    {
        Activation? chosen;
        lock (_workers)
        {
            chosen = _gone ? null : Choose();
        }

        if (chosen is null)
        {
            Class.Engine.Deliver(call);
        }
        else
        {
            chosen.Receive(call);
        }
    }

    internal override async Task EndAsync(DeactivationReason reason, CancellationToken cancellation)
    {
        Worker[] workers;
        lock (_workers)
        {
            workers = [.. _workers];
        }

        await Task.WhenAll(workers.Select(worker => worker.Activation.EndAsync(reason, cancellation)));
    }

    internal override void CollectIfIdle(long now)
    {
        Worker[] workers;
        lock (_workers)
        {
            workers = [.. _workers];
        }

        foreach (var worker in workers)
        {
            worker.Activation.CollectIfIdle(now);
        }
    }

    /// <summary>A call has ended at this worker or will not start there.</summary>
    internal void OnLeft(Activation activation, Turn turn)
    {
        if (turn is not GrainCall)
        {
            return;
        }

        lock (_workers)
        {
            if (_workers.Find(worker => worker.Activation == activation) is { } worker)
            {
                worker.Calls--;
            }
        }
    }

    internal void OnGone(Activation activation)
    {
        lock (_workers)
        {
            _workers.RemoveAll(worker => worker.Activation == activation);
            if (_workers.Count > 0)
            {
                return;
            }

            Volatile.Write(ref _gone, true);
        }

        Class.Remove(this);
    }

    private Activation Choose()
    {
        Worker? least = null;
        foreach (var worker in _workers)
        {
            if (least is null || worker.Calls < least.Calls)
            {
                least = worker;
            }
        }

        if (least is null || (least.Calls > 0 && _workers.Count < Class.MaxWorkers))
        {
            least = new Worker(new Activation(Class, Key, this));
            _workers.Add(least);
        }

        least.Calls++;
        return least.Activation;
    }

    private sealed class Worker(Activation activation)
    {
        public Activation Activation { get; } = activation;

        public int Calls { get; set; }
    }
}
