using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Api.Files;

/// <summary>How files are served. Section <c>Files</c>, which holds the limits of uploads and the choice of the object store too.</summary>
internal sealed record FilesOptions : ISettings
{
    public static string Section => "Files";

    /// <summary>Whether downloads are redirected to the object store where it serves clients (S3). Default true.</summary>
    public bool Redirect { get; init; } = true;

    /// <summary>How long links to files work, in seconds; 10 to 3,600. Default 300.</summary>
    public int LinkSeconds { get; init; } = 300;

    /// <summary>Signs links to files where the object store cannot; the same on every node. Unset: derived from the secret of the tokens, or kept in the data folder.</summary>
    public string LinkKey { get; init; } = "";

    /// <summary>Where platforms reach this server, for links to files; unset: its own first address. <c>CHAT4ALL_PUBLIC_URL</c>.</summary>
    public string PublicUrl { get; init; } = "";

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (LinkSeconds is < 10 or > 3600)
        {
            yield return (nameof(LinkSeconds), "must be 10 to 3600");
        }

        if (LinkKey.Length is > 0 and < 32)
        {
            yield return (nameof(LinkKey), "must be at least 32 characters");
        }

        if (PublicUrl.Length > 0 && !(Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return (nameof(PublicUrl), "(CHAT4ALL_PUBLIC_URL) must be an address like https://chat.example.org");
        }
    }
}
