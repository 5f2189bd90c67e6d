namespace Chat4All.Frontend.Api;

/// <summary>Stable codes of refusals that HTTP itself makes; those of the chat are in <see cref="Grains.Abstractions.ErrorCodes"/>.</summary>
internal static class ProblemCodes
{
    public const string BadRequest = "bad_request";
    public const string Unauthorized = "unauthorized";
    public const string InvalidToken = "invalid_token";
    public const string TokenExpired = "token_expired";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string RequestTimeout = "request_timeout";
    public const string LengthRequired = "length_required";
    public const string BodyTooLarge = "body_too_large";
    public const string RangeNotSatisfiable = "range_not_satisfiable";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string OwnAccount = "own_account";
    public const string InternalError = "internal_error";

    /// <summary>The code of an answer that has only a status.</summary>
    public static string Of(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Unauthorized,
        StatusCodes.Status403Forbidden => Forbidden,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed,
        StatusCodes.Status408RequestTimeout => RequestTimeout,
        StatusCodes.Status411LengthRequired => LengthRequired,
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType,
        >= 500 => InternalError,
        _ => BadRequest,
    };

    /// <summary>A sentence for an answer that has only a status.</summary>
    public static string DetailOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take this method; see the Allow header.",
        StatusCodes.Status408RequestTimeout => "The request's body came too slowly.",
        StatusCodes.Status411LengthRequired => "The request needs a Content-Length.",
        StatusCodes.Status413PayloadTooLarge => "The request's body is larger than this route takes.",
        StatusCodes.Status415UnsupportedMediaType => "The request's media type is not one that this route takes.",
        >= 500 => "Something went wrong here; the trace id names the record of it.",
        _ => "The request was refused.",
    };
}
