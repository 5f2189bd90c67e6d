using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Local;

/// <summary>One call. A class made for the interface's method holds the arguments and makes the call.</summary>
internal abstract class GrainCall : Turn, IInvokable
{
    /// <summary>Activations that end before they were ready; one more fails the call, lest it go round for ever.</summary>
    private const int MostUnreadyHosts = 2;

    private ImmutableDictionary<string, object>? _requestContext;
    private Activity? _caller;
    private Activity? _span;
    private int _unreadyHosts;
    private CallCancellation? _cancellation;
    private Activation? _activation;
    private int _settled;

    internal GrainMethod Method { get; private set; } = null!;

    internal GrainReference Target { get; private set; } = null!;

    /// <summary>The calling activation, null for a call from outside.</summary>
    internal Activation? Source { get; private set; }

    /// <summary>Timestamp of the engine's clock.</summary>
    internal long SentAt { get; private set; }

    /// <summary>Its place among the calls without an answer; belongs to <see cref="PendingCalls"/>.</summary>
    internal PendingCalls.Place Pending;

    public bool IsCancellable => GetToken().CanBeCanceled;

    internal override TurnOptions Options => Method.Options;

    internal override bool IsAbandoned => Volatile.Read(ref _settled) != 0
        || (Has(TurnOptions.OneWay) && Engine.IsOverdue(this));

    protected Activation Activation => _activation!;

    protected LocalEngine Engine => Target.Engine;

    public virtual int GetArgumentCount() => 0;

    public virtual object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual void SetArgument(int index, object? value) => throw new ArgumentOutOfRangeException(nameof(index));

    public virtual CancellationToken GetToken() => default;

    public virtual void SetToken(CancellationToken token)
    {
    }

    public object? GetTarget() => _activation?.GrainInstance;

    public string GetMethodName() => Method.Method.Name;

    public string GetInterfaceName() => Method.InterfaceType.FullName!;

    public string GetActivityName() => $"{Method.InterfaceType.Name}/{Method.Method.Name}";

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.InterfaceType;

    public TimeSpan? GetDefaultResponseTimeout() => Method.ResponseTimeout;

    public CancellationToken GetCancellationToken() => GetToken();

    public override string ToString()
        => $"{Method.Name} to {Target.GrainId} from {(Source is null ? "outside" : Source.GrainId.ToString())}";

    internal void Prepare(GrainReference target, GrainMethod method)
    {
        Target = target;
        Method = method;
        Source = RuntimeContext.Current;
        SentAt = target.Engine.Time.GetTimestamp();
        _requestContext = RequestContext.Current;
        _caller = Activity.Current;
        if (GetToken() is { CanBeCanceled: true } token && !Has(TurnOptions.OneWay))
        {
            _cancellation = new CallCancellation(this, token);
            SetToken(_cancellation.Token);
        }
    }

    /// <summary>After the call is on its way, so that cancelling finds everything in place.</summary>
    internal void ListenForCancellation() => _cancellation?.Listen();

    internal sealed override bool Begin(Activation activation)
    {
        _activation = activation;
        if (_cancellation is not null)
        {
            Interlocked.MemoryBarrier();
            if (IsAbandoned)
            {
                return true;
            }
        }

        EnterContext();
        _span = GrainSpans.Start(this, activation);
        return Run();
    }

    internal sealed override void EnterContext()
    {
        if (_requestContext is not null)
        {
            RequestContext.Current = _requestContext;
        }

        if (_caller is not null)
        {
            Activity.Current = _caller;
        }
    }

    internal sealed override void Leave(Activation activation, Exception? failure)
    {
        if (IsAbandoned)
        {
            return;
        }

        if (failure is null && !activation.WasValid && ++_unreadyHosts > MostUnreadyHosts)
        {
            failure = new OrleansMessageRejectionException(
                $"The grain ended before it was ready, {_unreadyHosts} times in a row, so nothing could take the call: {this}.");
        }

        if (failure is null)
        {
            Engine.PassOn(this);
        }
        else
        {
            Fail(failure);
        }
    }

    /// <summary>Ends it for its caller with this exception, unless it has ended.</summary>
    internal void Fail(Exception failure)
    {
        if (TrySettle(failed: true))
        {
            FailCaller(failure);
        }
    }

    internal void OnTimeout(TimeSpan timeout)
    {
        if (!TrySettle(failed: true))
        {
            return;
        }

        var running = _activation;
        if (running is not null && Engine.Options.CancelRequestOnTimeout)
        {
            _cancellation?.CancelIn(running);
        }

        var status = running is null ? Target.Describe() : $"It was still running in {running}.";
        FailCaller(new TimeoutException($"Response did not arrive on time in {timeout} for call: {this}. {status}"));
    }

    internal void OnCallerCancelled(CancellationToken token)
    {
        if (!TrySettle(failed: true))
        {
            return;
        }

        if (Volatile.Read(ref _activation) is { } running)
        {
            _cancellation!.CancelIn(running);
        }

        CancelCaller(token);
    }

    /// <summary>Makes the call; true if it has ended by the time that it returns.</summary>
    protected abstract bool Run();

    protected abstract void FailCaller(Exception failure);

    protected abstract void CancelCaller(CancellationToken token);

    /// <summary>True for the one who may complete the caller's task.</summary>
    protected bool TrySettle(bool failed)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0)
        {
            return false;
        }

        var engine = Engine;
        PendingCalls.Remove(this);
        _cancellation?.StopListening();
        Target.Class.Statistics.OnCall(engine.Time.GetTimestamp() - SentAt, failed);
        return true;
    }

    /// <summary>The grain has done with it, whether or not its caller still waited.</summary>
    protected void OnReturned(Exception? failure)
    {
        GrainSpans.Stop(_span, failure);
        if (failure is not null && Has(TurnOptions.OneWay))
        {
            EngineLog.OneWayCallFailed(Engine.Logger, failure, Method.Name, Target.GrainId);
        }
    }
}
