using System.Text.Json;

namespace Chat4All.Tests.Api;

/// <summary>Looks at an answer that must be a refusal in the contract's form.</summary>
internal static class Refusal
{
    private static readonly string[] Fields = ["type", "title", "detail", "instance", "error", "trace_id"];

    /// <summary>What is wrong with the answer, or null when it is a proper refusal.</summary>
    public static async Task<string?> FaultOfAsync(HttpResponseMessage response, bool oauth)
    {
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync();
        if (status is < 400 or >= 500)
        {
            return $"{status} {Shorten(text)}";
        }

        if (text.Contains("   at ", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal))
        {
            return $"{status} shows code: {Shorten(text)}";
        }

        if (!response.Headers.Contains("X-Request-Id") || !response.Headers.Contains("traceparent"))
        {
            return $"{status} without X-Request-Id or traceparent";
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        return type switch
        {
            "application/problem+json" => FaultOfProblem(text, status),
            "application/json" when oauth => FaultOfOAuth(text),
            _ => $"{status} as {type}: {Shorten(text)}",
        };
    }

    private static string? FaultOfProblem(string text, int status)
    {
        using var body = JsonDocument.Parse(text);
        var missing = Fields.Where(field => !(body.RootElement.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String)).ToArray();
        return missing.Length > 0 ? $"{status} without {string.Join(", ", missing)}: {Shorten(text)}"
            : body.RootElement.GetProperty("status").GetInt32() != status ? $"{status} says another status: {Shorten(text)}"
            : null;
    }

    private static string? FaultOfOAuth(string text)
    {
        using var body = JsonDocument.Parse(text);
        return body.RootElement.TryGetProperty("error", out _) && body.RootElement.TryGetProperty("error_description", out _) ? null : $"no OAuth error: {Shorten(text)}";
    }

    private static string Shorten(string text) => text.Length > 200 ? text[..200] + "…" : text;
}
