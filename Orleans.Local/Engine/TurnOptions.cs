namespace Orleans.Local;

/// <summary>How a turn stands to others.</summary>
[Flags]
internal enum TurnOptions
{
    None = 0,

    /// <summary>Starts whatever else runs.</summary>
    AlwaysInterleave = 1,

    /// <summary>Starts beside others that only read.</summary>
    ReadOnly = 2,

    /// <summary>Its caller does not wait.</summary>
    OneWay = 4,

    /// <summary>Counts as use of the grain.</summary>
    KeepsAlive = 8,
}
