namespace Orleans.Local;

/// <summary>What an activation starts one at a time: a call or a timer's tick.</summary>
internal abstract class Turn : WorkItem
{
    private bool _ended;

    internal abstract TurnOptions Options { get; }

    /// <summary>Nobody waits for it any more, so it need not start.</summary>
    internal virtual bool IsAbandoned => false;

    /// <summary>Puts on what travels with its caller: request values and the trace.</summary>
    internal virtual void EnterContext()
    {
    }

    internal bool Has(TurnOptions option) => (Options & option) != 0;

    internal sealed override void Arrive(Activation activation)
    {
        if (_ended)
        {
            activation.OnEnded(this);
        }
        else
        {
            activation.Enqueue(this);
        }
    }

    /// <summary>Runs it up to its first await; true if it has ended by then, else it calls <see cref="End"/> later.</summary>
    internal abstract bool Begin(Activation activation);

    /// <summary>It will not start in this activation.</summary>
    internal abstract void Leave(Activation activation, Exception? failure);

    /// <summary>From any thread, once, when <see cref="Begin"/> said false.</summary>
    protected void End(Activation activation)
    {
        _ended = true;
        activation.Scheduler.Post(this);
    }
}
