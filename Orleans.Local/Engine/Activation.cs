using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>One grain in memory. Everything but its inbox belongs to its turn: one thread at a time touches it.</summary>
internal sealed partial class Activation : CallTarget, IGrainContext
{
    private GrainReference? _reference;
    private long _lastUsed;
    private long _keepUntil;

    public Activation(GrainClass grainClass, IdSpan key, WorkerPool? pool = null) : base(grainClass, key)
    {
        Scheduler = new TurnScheduler(this);
        _pool = pool;
        _lastUsed = Engine.Time.GetTimestamp();
    }

    public object? GrainInstance { get; private set; }

    public GrainId GrainId => new(Class.GrainType, Key);

    public GrainReference GrainReference => _reference ??= Engine.GetReference(Class, typeof(IAddressable), Key);

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? Engine.ServiceProvider;

    internal TurnScheduler Scheduler { get; }

    internal IGrainFactory GrainFactory => Engine;

    internal LocalEngine Engine => Class.Engine;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Key.GetHashCode();

    public override string ToString() => $"[{GrainId} {_state}, {_running} running, {_waiting.Count} waiting]";

    internal override void Receive(GrainCall call) => Scheduler.Post(call);

    internal void DelayDeactivation(TimeSpan time)
    {
        var keep = time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue
            ? long.MaxValue
            : time <= TimeSpan.Zero ? 0 : Engine.Time.GetTimestamp() + Engine.ToTimestampTicks(time);
        Volatile.Write(ref _keepUntil, keep);
        _lastUsed = Engine.Time.GetTimestamp();
    }

    internal override void CollectIfIdle(long now)
    {
        // A guess from outside of the turn; the request looks again inside.
        if (IsCollectable(now))
        {
            Scheduler.Post(new CollectionRequest(now));
        }
    }

    private bool IsCollectable(long now)
        => Class.AgeLimit != Timeout.InfiniteTimeSpan
            && _state == ActivationState.Valid
            && _running == 0 && _waiting.Count == 0 && _arrivals.Count == 0
            && now - Volatile.Read(ref _lastUsed) >= Engine.ToTimestampTicks(Class.AgeLimit)
            && now >= Volatile.Read(ref _keepUntil);

    private sealed class CollectionRequest(long now) : WorkItem
    {
        internal override void Arrive(Activation activation)
        {
            if (activation.IsCollectable(now))
            {
                activation.BeginDeactivation(new DeactivationReason(
                    DeactivationReasonCode.ActivationIdle,
                    $"Not used for {activation.Class.AgeLimit}."), CancellationToken.None);
            }
        }
    }
}
