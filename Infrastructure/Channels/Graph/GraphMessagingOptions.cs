using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Graph;

/// <summary>A Facebook page that messages are sent from. Limits: https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting.</summary>
internal abstract class GraphMessagingOptions : PlatformOptions
{
    protected GraphMessagingOptions()
    {
        BaseUrl = "https://graph.facebook.com/v23.0";
        PerSecond = 300;
    }

    /// <summary>Id of the page, for Instagram of the page that the account is linked to; digits, or <c>me</c> for the token's own.</summary>
    public string PageId { get; init; } = "me";

    /// <summary>Of the page.</summary>
    public string AccessToken { get; init; } = "";

    /// <summary>Messages with audio or video a second; 0.01 to 10,000, default 10.</summary>
    public double MediaPerSecond { get; init; } = 10;

    /// <summary>Whether the 24-hour window is checked here; otherwise the platform is asked each time. Default true.</summary>
    public bool CheckWindow { get; init; } = true;

    public override IEnumerable<(string Property, string Problem)> Check()
    {
        if (PageId != "me" && (PageId.Length is 0 or > 32 || !PageId.All(char.IsAsciiDigit)))
        {
            yield return (nameof(PageId), "must be the page's id, digits only, or me");
        }

        if (!IsToken(AccessToken))
        {
            yield return (nameof(AccessToken), "must be set to the page's access token");
        }

        if (MediaPerSecond is not (>= 0.01 and <= 10_000))
        {
            yield return (nameof(MediaPerSecond), "must be 0.01 to 10000");
        }

        foreach (var finding in base.Check())
        {
            yield return finding;
        }
    }
}
