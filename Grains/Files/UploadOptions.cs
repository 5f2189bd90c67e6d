namespace Chat4All.Grains.Files;

/// <summary>Limits of uploads, and when what is left of them is collected. Section <c>Files</c>.</summary>
public sealed class UploadOptions
{
    /// <summary>Uploads that a user may have open at once; 1 to 10,000. Default 100.</summary>
    public int MaxOpenUploads { get; set; } = 100;

    /// <summary>Bytes that a user's open uploads may add up to; at least 1 MiB. Default 20 GiB.</summary>
    public long MaxOpenBytes { get; set; } = 20L * 1024 * 1024 * 1024;

    /// <summary>How long an upload stays open; 1 minute to 30 days. Default 24 hours.</summary>
    public TimeSpan Expiry { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often what expired or lost its row is collected; 1 minute to 7 days. Default 1 hour.</summary>
    public TimeSpan CollectEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How old an object that no row refers to must be before it is collected: longer than the slowest chunk takes from its last byte to its row. 0 to 7 days. Default 1 hour.
    /// </summary>
    public TimeSpan OrphanAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After which time a merge that has not ended is asked for again; 1 second to 1 day. Default 1 minute.</summary>
    public TimeSpan MergeAgainAfter { get; set; } = TimeSpan.FromMinutes(1);
}
