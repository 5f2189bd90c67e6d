using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>
/// Runs what is posted to one activation, one item at a time and in order, on whichever pool thread is free. Being the current task
/// scheduler of grain code, it also gets the continuations of the grain's awaits.
/// </summary>
internal sealed class TurnScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>After this long (ms) other activations get the thread.</summary>
    private const long Quantum = 25;

    private static readonly WorkItem Running = new Marker();

    /// <summary>Null: nothing to do. <see cref="Running"/>: a thread is at work and has taken all. Else the newest item of a stack.</summary>
    private WorkItem? _inbox;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>From any thread.</summary>
    public void Post(WorkItem item)
    {
        var head = Volatile.Read(ref _inbox);
        while (true)
        {
            item.Next = ReferenceEquals(head, Running) ? null : head;
            var seen = Interlocked.CompareExchange(ref _inbox, item, head);
            if (ReferenceEquals(seen, head))
            {
                break;
            }

            head = seen;
        }

        if (head is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        RuntimeContext.Current = activation;
        try
        {
            var until = Environment.TickCount64 + Quantum;
            do
            {
                DrainOnce();
                if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, null, Running), Running))
                {
                    return;
                }
            }
            while (Environment.TickCount64 < until);
        }
        finally
        {
            RuntimeContext.Current = null;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    internal void RunContinuation(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task) => Post(new Continuation(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
        => !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void DrainOnce()
    {
        var item = InOrderOfArrival(Interlocked.Exchange(ref _inbox, Running));
        while (item is not null)
        {
            var next = item.Next;
            item.Next = null;
            item.Arrive(activation);
            item = next;
        }

        if (activation.NeedsPump)
        {
            // A task, because only inside one is this scheduler the current one, which the grain's awaits come back to.
            var pump = new Task(static state => ((Activation)state!).Pump(), activation);
            pump.RunSynchronously(this);
            if (pump.Exception is { } failure)
            {
                EngineLog.PumpFailed(activation.Engine.Logger, failure, activation.GrainId);
            }
        }
    }

    private static WorkItem? InOrderOfArrival(WorkItem? newest)
    {
        WorkItem? oldest = null;
        while (newest is not null && !ReferenceEquals(newest, Running))
        {
            var older = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = older;
        }

        return oldest;
    }

    private sealed class Marker : WorkItem
    {
        internal override void Arrive(Activation activation) => throw new InvalidOperationException();
    }

    private sealed class Continuation(Task task) : WorkItem
    {
        internal override void Arrive(Activation activation) => activation.Scheduler.RunContinuation(task);
    }
}
