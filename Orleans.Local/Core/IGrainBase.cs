using Orleans.Runtime;

namespace Orleans;

/// <summary>What every grain class is to the engine. <see cref="Grain"/> implements it; a grain may do so itself.</summary>
public interface IGrainBase
{
    /// <summary>The activation that this instance belongs to.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first call. If it fails, the waiting calls fail with its exception and the next call tries again.</summary>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call, when nothing else runs in this activation. Not called if activation failed.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
