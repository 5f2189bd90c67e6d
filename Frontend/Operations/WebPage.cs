using Microsoft.AspNetCore.StaticFiles;

namespace Chat4All.Frontend.Operations;

/// <summary>The web client at <c>/</c>: the files of <c>wwwroot</c> as they are.</summary>
internal static class WebPage
{
    /// <summary>Own files only, and pictures that a script fetched with its token; no inline code or style, no frames, and no markup made from strings.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Answers before routing, so that files need neither a route nor a token.</summary>
    public static void UseWebPage(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            // UseDefaultFiles would look into the file system on every GET of the API.
            if (context.Request.Path == "/")
            {
                context.Request.Path = "/index.html";
            }

            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = Protect });
    }

    private static void Protect(StaticFileResponseContext file)
    {
        var headers = file.Context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Asked again on every load and answered with 304 as long as it is the same: the modules of two releases never mix.
        headers.CacheControl = "no-cache";
    }
}
