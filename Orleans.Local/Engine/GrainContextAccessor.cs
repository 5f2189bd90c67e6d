using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>The activation of the running turn.</summary>
internal sealed class GrainContextAccessor : IGrainContextAccessor
{
    public IGrainContext GrainContext => RuntimeContext.Current
        ?? throw new InvalidOperationException("No grain runs here: its context is known only inside of its turns.");
}
