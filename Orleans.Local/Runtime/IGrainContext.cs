namespace Orleans.Runtime;

/// <summary>One activation of a grain.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    /// <summary>A reference to the grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain object, null before it is constructed and after deactivation.</summary>
    object? GrainInstance { get; }

    /// <summary>Tells this activation from others of the same grain.</summary>
    ActivationId ActivationId { get; }

    /// <summary>Services of the activation's own scope, disposed with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the grain has deactivated. Awaiting it inside the grain waits for ever.</summary>
    Task Deactivated { get; }

    /// <summary>Starts to deactivate: no further call starts, running ones end first.</summary>
    /// <param name="deactivationReason">Given to the grain.</param>
    /// <param name="cancellationToken">Given to the grain to end promptly.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
