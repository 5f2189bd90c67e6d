using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Auth;

/// <summary>Reads requests to the OAuth endpoints: JSON or form, the client's credentials in the body or as HTTP Basic.</summary>
internal static class OAuthRequest
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidClient = "invalid_client";

    /// <summary>The parameters. Throws <c>invalid_request</c>, or <c>invalid_client</c> for an unreadable Basic header.</summary>
    public static async Task<OAuthParameters> ReadAsync(HttpContext context)
    {
        var parameters = await ReadBodyAsync(context);
        if (ReadBasic(context) is not { } basic)
        {
            return parameters;
        }

        // RFC 6749 §2.3: a client must not authenticate in two ways at once.
        return parameters.ClientSecret is null && (parameters.ClientId is null || parameters.ClientId == basic.Id)
            ? parameters with { ClientId = basic.Id, ClientSecret = basic.Secret }
            : throw Invalid("The client's credentials are given twice.");
    }

    /// <summary>The parameters in the body alone, for callers that come with a token.</summary>
    public static async Task<OAuthParameters> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.HasFormContentType)
        {
            return await ReadFormAsync(context);
        }

        if (!context.Request.HasJsonContentType())
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, InvalidRequest, "The body must be application/json or application/x-www-form-urlencoded.");
        }

        try
        {
            return await JsonBody.ReadAsync(context, OAuthJson.Default.OAuthParameters);
        }
        catch (Exception malformed) when (malformed is JsonException or ChatException)
        {
            throw Invalid("The body must be a JSON object whose fields are strings.");
        }
    }

    /// <summary>An <c>invalid_request</c>.</summary>
    public static ProblemException Invalid(string description) => new(StatusCodes.Status400BadRequest, InvalidRequest, description);

    private static async Task<OAuthParameters> ReadFormAsync(HttpContext context)
    {
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw Invalid("The form cannot be read.");
        }

        // RFC 6749 §3.2: parameters without a value are absent, and none may come twice.
        string? One(string name) => form[name] switch
        {
            [{ Length: > 0 } value] => value,
            { Count: <= 1 } => null,
            _ => throw Invalid($"'{name}' is given more than once."),
        };
        return new OAuthParameters
        {
            GrantType = One("grant_type"),
            ClientId = One("client_id"),
            ClientSecret = One("client_secret"),
            Scope = One("scope"),
            RefreshToken = One("refresh_token"),
            Token = One("token"),
            TokenTypeHint = One("token_type_hint"),
        };
    }

    private static (string Id, string Secret)? ReadBasic(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0 || !AuthenticationHeaderValue.TryParse(header, out var value) || !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[value.Parameter?.Length ?? 0];
        if (Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var text
            && text.IndexOf(':') is > 0 and var colon)
        {
            // RFC 6749 §2.3.1: both parts are form-encoded first; what has no '%' or '+' is the same either way.
            return (Decode(text[..colon]), Decode(text[(colon + 1)..]));
        }

        throw new ProblemException(StatusCodes.Status401Unauthorized, InvalidClient, "The client's credentials are not right.");
    }

    private static string Decode(string text) => text.Contains('%') ? Uri.UnescapeDataString(text) : text;
}
