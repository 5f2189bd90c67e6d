using Chat4All.Grains.Webhooks;

namespace Chat4All.Frontend.Api;

/// <summary>What the fields of a webhook may hold.</summary>
internal static class WebhookRules
{
    private const int MaxUrl = 2048;
    private const int MaxSecret = 256;
    private const int MinSecret = 16;

    /// <summary>Checks everything but where the address leads; throws <c>validation_failed</c> with every field that is wrong.</summary>
    public static (Uri Url, string Events) Check(WebhookRequest request)
    {
        var events = request.Events ?? [];
        var names = string.Join(", ", WebhookEvents.Names);
        new FieldErrors()
            .Check(ParseUrl(request.Url) is not null, "url", $"must be an absolute http or https address without user and fragment, at most {MaxUrl} characters")
            .Check(events.Length > 0, "events", $"must have at least one of {names}, or *")
            .Check(events.All(static name => name is WebhookEvents.All || WebhookEvents.Names.Contains(name)), "events", $"must be some of {names}, or *")
            .Check(request.Secret is null || IsSecret(request.Secret), "secret", $"must have {MinSecret} to {MaxSecret} characters, none of them a control character")
            .ThrowIfAny();
        return (ParseUrl(request.Url)!, string.Join(',', events.Distinct()));
    }

    private static Uri? ParseUrl(string? text) =>
        text is { Length: > 0 and <= MaxUrl } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url is { UserInfo.Length: 0, Fragment.Length: 0, Host.Length: > 0 }
            ? url
            : null;

    private static bool IsSecret(string secret) => secret.Length is >= MinSecret and <= MaxSecret && !secret.Any(char.IsControl);
}
