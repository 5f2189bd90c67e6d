namespace Chat4All.Grains.Journal;

/// <summary>How appends are gathered into transactions.</summary>
public sealed record JournalOptions
{
    /// <summary>Writers, each with one transaction under way; a conversation always uses the same one. 1 to 16, default 1: more pay only with more connections or cores.</summary>
    public int Writers { get; init; } = 1;

    /// <summary>Most messages a writer takes into one transaction before it looks no further. 1 to 1,000, default 500.</summary>
    public int MaxBatch { get; init; } = 500;

    /// <summary>Most messages waiting a writer; past it sends are refused with <c>overloaded</c>. 500 to 1,000,000, default 20,000.</summary>
    public int QueueLimit { get; init; } = 20_000;
}
