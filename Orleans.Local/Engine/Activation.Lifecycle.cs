using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Local;

/// <summary>From construction to the end.</summary>
internal sealed partial class Activation
{
    private readonly WorkerPool? _pool;
    private IServiceScope? _scope;
    private volatile ActivationState _state;
    private DeactivationReason _reason;
    private CancellationToken _endPromptly;
    private CancellationTokenSource? _activating;
    private TaskCompletionSource? _deactivated;

    /// <summary>OnActivateAsync succeeded, so OnDeactivateAsync is due.</summary>
    internal bool WasValid { get; private set; }

    /// <summary>In <see cref="ActivateAsync"/>.</summary>
    private bool _starting;

    private bool _ending;

    public Task Deactivated
    {
        get
        {
            var source = Volatile.Read(ref _deactivated);
            if (source is null)
            {
                var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                source = Interlocked.CompareExchange(ref _deactivated, created, null) ?? created;
            }

            // Whoever sets the state to gone looks for a source afterwards, so one of the two completes it.
            if (IsGone)
            {
                source.TrySetResult();
            }

            return source.Task;
        }
    }

    internal override bool IsGone => _state == ActivationState.Gone;

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(Runtime.RuntimeContext.Current, this))
        {
            // In its own turn it takes effect at once: no other call starts after this one.
            BeginDeactivation(deactivationReason, cancellationToken);
        }
        else
        {
            Scheduler.Post(new DeactivationRequest(deactivationReason, cancellationToken));
        }
    }

    internal override Task EndAsync(DeactivationReason reason, CancellationToken cancellation)
    {
        Deactivate(reason, cancellation);
        return Deactivated;
    }

    private void BeginDeactivation(DeactivationReason reason, CancellationToken cancellation)
    {
        if (_state is ActivationState.Deactivating or ActivationState.Gone)
        {
            return;
        }

        _state = ActivationState.Deactivating;
        _reason = reason;
        _endPromptly = cancellation;
        _activating?.Cancel();
        _recheck = true;
    }

    private async Task ActivateAsync()
    {
        _state = ActivationState.Activating;
        _starting = true;
        try
        {
            if (Engine.HasStopped)
            {
                throw Engine.Refusal($"activation of {GrainId}");
            }

            _scope = Engine.ServiceProvider.CreateScope();
            GrainInstance = Class.Construct(_scope.ServiceProvider);
            Class.Statistics.OnActivated();
            if (Class.HasOnActivate)
            {
                await RunOnActivateAsync((IGrainBase)GrainInstance);
            }

            if (_state == ActivationState.Activating)
            {
                _state = ActivationState.Valid;
                WasValid = true;
            }
        }
        catch (OperationCanceledException) when (_state == ActivationState.Deactivating)
        {
            // It was told to end while it began, and did.
        }
        catch (Exception failure)
        {
            EngineLog.ActivationFailed(Engine.Logger, failure, GrainId);
            BeginDeactivation(
                new DeactivationReason(DeactivationReasonCode.ActivationFailed, failure, "Failed to activate grain."),
                CancellationToken.None);
        }

        _starting = false;
        _recheck = true;
        Pump();
    }

    private async Task RunOnActivateAsync(IGrainBase grain)
    {
        var limit = Engine.Options.ActivationTimeout;
        using var timeout = new CancellationTokenSource(limit, Engine.Time);
        _activating = timeout;
        var work = Task.CompletedTask;
        try
        {
            // Its token is cancelled too when it shall end meanwhile; it is waited for nevertheless, so that it is not disposed while it runs.
            work = grain.OnActivateAsync(timeout.Token);
            await work.WaitAsync(limit, Engine.Time);
        }
        catch (Exception failure) when (!work.IsCompleted
            || (failure is (OperationCanceledException or TimeoutException) && timeout.IsCancellationRequested && _state == ActivationState.Activating))
        {
            throw new TimeoutException($"Grain {GrainId} did not activate within {limit}.", failure);
        }
        finally
        {
            _activating = null;
        }
    }

    private async Task FinishDeactivationAsync()
    {
        DisposeTimers();
        using (var timeout = new CancellationTokenSource(Engine.Options.DeactivationTimeout, Engine.Time))
        using (_endPromptly.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout))
        {
            try
            {
                if (WasValid && Class.HasOnDeactivate)
                {
                    await ((IGrainBase)GrainInstance!).OnDeactivateAsync(_reason, timeout.Token).WaitAsync(timeout.Token);
                }
            }
            catch (Exception failure)
            {
                EngineLog.DeactivationFailed(Engine.Logger, failure, GrainId);
            }

            try
            {
                await DisposeGrainAsync().WaitAsync(timeout.Token);
            }
            catch (Exception failure)
            {
                EngineLog.DisposalFailed(Engine.Logger, failure, GrainId);
            }
        }

        if (GrainInstance is not null)
        {
            Class.Statistics.OnDeactivated();
        }

        GrainInstance = null;
        _scope = null;
        _state = ActivationState.Gone;
        if (_pool is null)
        {
            Class.Remove(this);
        }
        else
        {
            _pool.OnGone(this);
        }

        Interlocked.MemoryBarrier();
        _deactivated?.TrySetResult();
        _recheck = true;
        Pump();
    }

    private async Task DisposeGrainAsync()
    {
        if (GrainInstance is IAsyncDisposable asyncGrain)
        {
            await asyncGrain.DisposeAsync();
        }
        else if (GrainInstance is IDisposable grain)
        {
            grain.Dispose();
        }

        if (_scope is IAsyncDisposable asyncScope)
        {
            await asyncScope.DisposeAsync();
        }
        else
        {
            _scope?.Dispose();
        }
    }

    /// <summary>A grain that failed to activate fails its calls; one that ended leaves them to the next activation.</summary>
    private void PassOnWaiting()
    {
        while (_waiting.TryTake() is { } turn)
        {
            Drop(turn, WasValid ? null : _reason.Exception);
        }
    }

    private sealed class DeactivationRequest(DeactivationReason reason, CancellationToken cancellation) : WorkItem
    {
        internal override void Arrive(Activation activation) => activation.BeginDeactivation(reason, cancellation);
    }
}
