namespace Orleans.Runtime;

/// <summary>Which tick of a reminder it is.</summary>
[GenerateSerializer, Immutable]
public readonly record struct TickStatus(
    [property: Id(0)] DateTime FirstTickTime, [property: Id(1)] TimeSpan Period, [property: Id(2)] DateTime CurrentTickTime);
