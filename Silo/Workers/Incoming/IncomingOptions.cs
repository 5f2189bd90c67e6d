namespace Chat4All.Silo.Workers.Incoming;

/// <summary>What becomes of messages from the platforms. Section <c>Channels</c>, which it shares with the connectors.</summary>
public sealed class IncomingOptions
{
    /// <summary>
    /// Id of the user who gets what people write on the channels, each in a private conversation; empty: incoming messages become dead letters, to be replayed once there is one.
    /// </summary>
    public string InboxUser { get; set; } = "";

    /// <summary>How many webhook calls are handled at once; those of one sender stay in order. Up to half of them download files. 1 to 256, default 16.</summary>
    public int IncomingConcurrency { get; set; } = 16;

    /// <summary>Largest file that is fetched from a platform; a larger one is only named. 1 byte to 1 GiB, default 100 MiB.</summary>
    public int MaxIncomingFileBytes { get; set; } = 100 * 1024 * 1024;
}
