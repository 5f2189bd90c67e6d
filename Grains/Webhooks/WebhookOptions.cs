namespace Chat4All.Grains.Webhooks;

/// <summary>API users' webhooks. Section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Most webhooks of one user; 1 to 1,000. Default 10.</summary>
    public int MaxPerUser { get; set; } = 10;

    /// <summary>Whether receivers may have loopback, private and other addresses that are not public: for tests, and for receivers beside the hub. Default false.</summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>How long a receiver may take to answer, in seconds; 1 to 60. Default 10.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>For how long a call is tried before it becomes a dead letter, in seconds; 1 to 604,800. Default 86,400, a day.</summary>
    public int RetrySeconds { get; set; } = 86_400;

    /// <summary>Calls under way at once; 2 to 1,000. A quarter of them serves the webhooks that fail. Default 64.</summary>
    public int Parallelism { get; set; } = 64;

    /// <summary>The wait after a first failure, in milliseconds; it doubles with each further one, up to an hour. 10 to 60,000, default 1,000.</summary>
    public int BackoffMilliseconds { get; set; } = 1_000;
}
