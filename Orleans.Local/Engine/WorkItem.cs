namespace Orleans.Local;

/// <summary>Something for an activation to do, linked into its inbox without an allocation of its own.</summary>
internal abstract class WorkItem
{
    internal WorkItem? Next;

    /// <summary>Runs on the activation's turn.</summary>
    internal abstract void Arrive(Activation activation);
}
