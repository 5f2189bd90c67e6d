namespace Orleans.Runtime;

/// <summary>Tells services which activation they are called from.</summary>
public interface IGrainContextAccessor
{
    /// <summary>The running activation.</summary>
    IGrainContext GrainContext { get; }
}
