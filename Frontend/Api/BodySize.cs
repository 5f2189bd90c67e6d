using Microsoft.AspNetCore.Http.Features;

namespace Chat4All.Frontend.Api;

/// <summary>Refuses bodies that say they are larger than the route takes, in a way that lets the client read the refusal.</summary>
internal static class BodySize
{
    /// <summary>No route takes less, so that small requests pass without another look.</summary>
    private const long Smallest = 1024;

    /// <summary>Whether the declared length is above the route's limit. Bodies without a length are cut off by the server while they are read.</summary>
    public static bool IsTooLarge(HttpContext context) =>
        context.Request.ContentLength is > Smallest and var length
        && context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } limit
        && length > limit;

    /// <summary>Answers 413.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        const int status = StatusCodes.Status413PayloadTooLarge;
        return Problems.WriteAsync(context, status, ProblemCodes.BodyTooLarge, ProblemCodes.DetailOf(status));
    }

    /// <summary>
    /// Lets the server read and drop (for up to five seconds) what the client still sends behind a refusal. A connection that is closed over unread bytes is reset,
    /// and the client may never see the answer.
    /// </summary>
    public static void AllowDraining(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }
}
