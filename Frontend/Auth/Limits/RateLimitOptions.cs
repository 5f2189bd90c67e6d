using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Auth.Limits;

/// <summary>What a user may do a minute on this node. Section <c>RateLimit</c>.</summary>
internal sealed record RateLimitOptions : ISettings
{
    private const int InProduction = 60;
    private const int Otherwise = 6000;
    private const int UploadsInProduction = 1024;
    private const int UploadsOtherwise = 102_400;

    public static string Section => "RateLimit";

    /// <summary><c>on</c> or <c>off</c>; default on. <c>CHAT4ALL_RATE_LIMIT</c>.</summary>
    public string Mode { get; init; } = "on";

    /// <summary>Messages a minute and user, batch items and sockets included; 1 to 10,000,000. Default 60 in production, 6,000 otherwise.</summary>
    public int? MessagesPerMinute { get; init; }

    /// <summary>Other state-changing requests a minute and user; 1 to 10,000,000. Default 60 in production, 6,000 otherwise.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>MiB a minute and user that are uploaded, whichever way; 50, which is the largest chunk, to 1,000,000. Default 1,024 in production, 102,400 otherwise.</summary>
    public int? UploadMebibytesPerMinute { get; init; }

    /// <summary>Whether nothing is limited.</summary>
    public bool IsOff => Mode.Equals("off", StringComparison.OrdinalIgnoreCase);

    public int Messages(ServerOptions server) => MessagesPerMinute ?? (server.IsProduction ? InProduction : Otherwise);

    public int Requests(ServerOptions server) => RequestsPerMinute ?? (server.IsProduction ? InProduction : Otherwise);

    public int UploadMebibytes(ServerOptions server) => UploadMebibytesPerMinute ?? (server.IsProduction ? UploadsInProduction : UploadsOtherwise);

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (!IsOff && !Mode.Equals("on", StringComparison.OrdinalIgnoreCase))
        {
            yield return (nameof(Mode), "(CHAT4ALL_RATE_LIMIT) must be on or off");
        }

        if (MessagesPerMinute is < 1 or > 10_000_000)
        {
            yield return (nameof(MessagesPerMinute), "must be 1 to 10000000");
        }

        if (RequestsPerMinute is < 1 or > 10_000_000)
        {
            yield return (nameof(RequestsPerMinute), "must be 1 to 10000000");
        }

        if (UploadMebibytesPerMinute is < 50 or > 1_000_000)
        {
            // Below the largest chunk, that chunk would be refused for ever.
            yield return (nameof(UploadMebibytesPerMinute), "must be 50 to 1000000 (MiB a minute)");
        }
    }
}
