namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>How a platform is called. Section <c>Channels:{channel}</c>; the defaults are the platforms' published limits. A class, so that nothing prints its secrets by accident.</summary>
internal abstract class PlatformOptions
{
    /// <summary>Where its API is, with the version where it has one; https, or http where private addresses are allowed.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>Longest wait for an answer, with a second more for each MiB uploaded; what became of the message is unknown after that. 100 ms to 5 minutes, default 15 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Messages a second of this sender in the long run; 0.01 to 10,000.</summary>
    public double PerSecond { get; init; }

    /// <summary>Messages of this sender at once after a rest; 1 to 10,000, default 1: evenly spaced.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Time between two messages to one recipient in the long run; 0 for no limit, up to 1 hour.</summary>
    public TimeSpan RecipientInterval { get; init; }

    /// <summary>Messages to one recipient at once after a rest; 1 to 1,000, default 1.</summary>
    public int RecipientBurst { get; init; } = 1;

    /// <summary>Longest wait for the recipient's turn, and again for the sender's; a message that would wait longer is tried again later. 0 to 1 minute, default 1 s.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most recipients whose pace is remembered; past it messages wait. 1,000 to 10,000,000, default 100,000.</summary>
    public int MaxPacedRecipients { get; init; } = 100_000;

    /// <summary>How files go out: <c>link</c>, which the platform fetches, or <c>upload</c>. Default link.</summary>
    public string Media { get; init; } = "link";

    /// <summary>Most connections to the platform; 1 to 1,000, default 64.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>Share of requests that must fail for the circuit to open; 0.01 to 1, default 0.5.</summary>
    public double BreakAtFailures { get; init; } = 0.5;

    /// <summary>Requests in the window without which it never opens; 2 to 10,000, default 10.</summary>
    public int BreakMinimum { get; init; } = 10;

    /// <summary>The window over which failures are counted; 1 s to 10 minutes, default 30 s.</summary>
    public TimeSpan BreakWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it stays open; 1 s to 10 minutes, default 15 s.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(15);

    public bool Uploads => Media == "upload";

    /// <summary>What is wrong: the property and a sentence each.</summary>
    public virtual IEnumerable<(string Property, string Problem)> Check()
    {
        if (!Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            yield return (nameof(BaseUrl), "must be an https address without a query");
        }

        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromMinutes(5))
        {
            yield return (nameof(Timeout), "must be 100 ms to 5 minutes");
        }

        if (PerSecond is not (>= 0.01 and <= 10_000))
        {
            yield return (nameof(PerSecond), "must be 0.01 to 10000");
        }

        if (Burst is < 1 or > 10_000)
        {
            yield return (nameof(Burst), "must be 1 to 10000");
        }

        if (RecipientInterval < TimeSpan.Zero || RecipientInterval > TimeSpan.FromHours(1))
        {
            yield return (nameof(RecipientInterval), "must be 0 to 1 hour");
        }

        if (RecipientBurst is < 1 or > 1_000)
        {
            yield return (nameof(RecipientBurst), "must be 1 to 1000");
        }

        if (MaxWait < TimeSpan.Zero || MaxWait > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(MaxWait), "must be 0 to 1 minute");
        }

        if (MaxPacedRecipients is < 1_000 or > 10_000_000)
        {
            yield return (nameof(MaxPacedRecipients), "must be 1000 to 10000000");
        }

        if (Media is not ("link" or "upload"))
        {
            yield return (nameof(Media), "must be link or upload");
        }

        foreach (var finding in CheckConnections())
        {
            yield return finding;
        }
    }

    /// <summary>Whether a secret can stand in a header.</summary>
    protected static bool IsToken(string value) => value.Length is > 0 and <= 1024 && value.All(static c => c is > ' ' and < '\u007f');

    private IEnumerable<(string Property, string Problem)> CheckConnections()
    {
        if (MaxConnections is < 1 or > 1_000)
        {
            yield return (nameof(MaxConnections), "must be 1 to 1000");
        }

        if (BreakAtFailures is not (>= 0.01 and <= 1))
        {
            yield return (nameof(BreakAtFailures), "must be 0.01 to 1");
        }

        if (BreakMinimum is < 2 or > 10_000)
        {
            yield return (nameof(BreakMinimum), "must be 2 to 10000");
        }

        if (BreakWindow < TimeSpan.FromSeconds(1) || BreakWindow > TimeSpan.FromMinutes(10))
        {
            yield return (nameof(BreakWindow), "must be 1 s to 10 minutes");
        }

        if (BreakFor < TimeSpan.FromSeconds(1) || BreakFor > TimeSpan.FromMinutes(10))
        {
            yield return (nameof(BreakFor), "must be 1 s to 10 minutes");
        }
    }
}
