namespace Orleans.Runtime;

/// <summary>A timer of a grain; it ends with the activation or when disposed.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets the times anew. During a tick it takes effect when the tick ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative (other than infinite) or over 49 days.</exception>
    void Change(TimeSpan dueTime, TimeSpan period);
}
