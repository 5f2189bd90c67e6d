using System.Text.Json.Serialization;

namespace Chat4All.Frontend.Api;

/// <summary>RFC 9457 problem details as this API answers them.</summary>
internal sealed record Problem
{
    /// <summary>A URN with the error code: stable, not to be fetched.</summary>
    public required string Type { get; init; }

    /// <summary>The status code's own phrase.</summary>
    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>The request's path, without its query.</summary>
    public required string Instance { get; init; }

    /// <summary>Stable snake_case code.</summary>
    public required string Error { get; init; }

    public required string TraceId { get; init; }

    /// <summary>For validation: what is wrong with which field.</summary>
    public IReadOnlyDictionary<string, string[]>? FieldErrors { get; init; }

    /// <summary>For <c>incomplete_upload</c>: what is still to be sent.</summary>
    public IReadOnlyList<int>? MissingChunks { get; init; }
}

/// <summary>The error form of RFC 6749 §5.2 for the OAuth endpoints.</summary>
internal sealed record OAuthProblem
{
    public required string Error { get; init; }

    public required string ErrorDescription { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(OAuthProblem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
