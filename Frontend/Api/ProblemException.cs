namespace Chat4All.Frontend.Api;

/// <summary>A refusal that belongs to HTTP rather than to the chat: media types, sizes, tokens, several invalid fields at once.</summary>
internal sealed class ProblemException(int status, string code, string detail) : Exception(detail)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Stable snake_case code.</summary>
    public string Code { get; } = code;

    /// <summary>For validation: what is wrong with which field.</summary>
    public IReadOnlyDictionary<string, string[]>? FieldErrors { get; init; }
}
