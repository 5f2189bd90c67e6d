using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>What takes the calls of one grain: an activation, or the workers of a stateless one.</summary>
internal abstract class CallTarget(GrainClass grainClass, IdSpan key)
{
    internal GrainClass Class { get; } = grainClass;

    internal IdSpan Key { get; } = key;

    /// <summary>Has ended; the grain's next call needs another. A call that comes nevertheless is passed on.</summary>
    internal abstract bool IsGone { get; }

    /// <summary>Takes a call, from any thread.</summary>
    internal abstract void Receive(GrainCall call);

    /// <summary>Ends it and completes when it has ended.</summary>
    internal abstract Task EndAsync(DeactivationReason reason, CancellationToken cancellation);

    /// <summary>Ends what nobody used for the class's age limit.</summary>
    internal abstract void CollectIfIdle(long now);
}
