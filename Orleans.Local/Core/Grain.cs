using System.Diagnostics.CodeAnalysis;
using Orleans.Local;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Base class of grains: identity, other grains, life cycle. Its methods run one turn at a time.</summary>
[SuppressMessage("Naming", "CA1725:Parameter names should match base declaration", Justification = "Part of the programming model.")]
public abstract class Grain : IGrainBase, IAddressable
{
    /// <summary>Used by the engine, which constructs grains inside their activation.</summary>
    protected Grain() : this(RuntimeContext.Current!)
    {
    }

    /// <summary>For tests that construct a grain with a context of their own.</summary>
    protected Grain(IGrainContext grainContext)
    {
        GrainContext = grainContext;
    }

    /// <summary>The activation that this instance belongs to.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain that may be given to others.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>Grain type and key, for logs.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Gets references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.GrainFactory;

    /// <summary>Services of this activation's scope.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    internal Activation Activation => GrainContext as Activation
        ?? throw new InvalidOperationException("Grain was created outside of the engine, which constructs grains when they are first called.");

    /// <inheritdoc cref="IGrainBase.OnActivateAsync"/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="IGrainBase.OnDeactivateAsync"/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once the running calls are done. Later calls get a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>
    /// Keeps an idle activation from being collected for <paramref name="timeSpan"/> from now; zero or less withdraws that,
    /// <see cref="TimeSpan.MaxValue"/> or <see cref="Timeout.InfiniteTimeSpan"/> is for ever.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
