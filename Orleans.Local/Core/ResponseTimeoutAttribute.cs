using System.Globalization;

namespace Orleans;

/// <summary>How long a call of this method waits for its answer, in place of the engine's setting.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    /// <summary>Time from call to answer, for example "00:00:05".</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
