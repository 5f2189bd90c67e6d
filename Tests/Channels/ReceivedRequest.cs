using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Chat4All.Tests.Connectors;

/// <summary>A request as a platform got it.</summary>
internal sealed class ReceivedRequest
{
    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string Query { get; init; }

    public required string? Authorization { get; init; }

    public required string ContentType { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The body when it is JSON.</summary>
    public JsonElement Json { get; private set; }

    /// <summary>The fields of a form, without the file.</summary>
    public Dictionary<string, string> Form { get; } = new(StringComparer.Ordinal);

    /// <summary>The file of a form: its field, name, media type and content.</summary>
    public (string Field, string Name, string Type, byte[] Content)? File { get; private set; }

    /// <summary>What the platform's documentation does not allow.</summary>
    public List<string> Violations { get; } = [];

    public bool IsForm => ContentType.StartsWith("multipart/form-data", StringComparison.Ordinal);

    public static async Task<ReceivedRequest> ReadAsync(HttpContext context)
    {
        var request = new ReceivedRequest
        {
            Method = context.Request.Method,
            Path = context.Request.Path.Value!,
            Query = context.Request.QueryString.Value!,
            Authorization = context.Request.Headers.Authorization,
            ContentType = context.Request.ContentType ?? "",
            Headers = new HeaderDictionary(context.Request.Headers.ToDictionary()),
        };
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        if (request.IsForm)
        {
            await request.ReadFormAsync(body);
        }
        else
        {
            try
            {
                request.Json = JsonDocument.Parse(body.ToArray()).RootElement;
            }
            catch (JsonException)
            {
                request.Violations.Add("the body is no JSON");
            }
        }

        return request;
    }

    /// <summary>Notes a violation unless something holds.</summary>
    public void Require(bool holds, string rule)
    {
        if (!holds)
        {
            Violations.Add(rule);
        }
    }

    /// <summary>Notes fields that are missing or unknown, or not of their type.</summary>
    /// <param name="fields">Names with the JSON type, and a ? behind it when they may be missing.</param>
    public void RequireFields(JsonElement json, string where, params (string Name, string Type)[] fields)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Violations.Add($"{where} must be an object");
            return;
        }

        foreach (var (name, type) in fields)
        {
            if (json.TryGetProperty(name, out var value))
            {
                var kind = value.ValueKind is JsonValueKind.True or JsonValueKind.False ? "boolean" : value.ValueKind.ToString().ToLowerInvariant();
                Require(kind == type.TrimEnd('?'), $"{where}.{name} must be a {type}, not {kind}");
            }
            else
            {
                Require(type.EndsWith('?'), $"{where}.{name} is missing");
            }
        }

        foreach (var unknown in json.EnumerateObject().Where(property => fields.All(field => field.Name != property.Name)))
        {
            Violations.Add($"{where}.{unknown.Name} is unknown");
        }
    }

    /// <summary>Reads a form as RFC 7578 has it; names must be quoted, which not every platform's parser forgives.</summary>
    private async Task ReadFormAsync(Stream body)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(ContentType).Boundary).Value!;
        var reader = new MultipartReader(boundary, body);
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content);
            Require(section.ContentDisposition!.Contains("name=\"", StringComparison.Ordinal), "names of a form's fields are quoted");
            var disposition = ContentDispositionHeaderValue.Parse(section.ContentDisposition);
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value!;
            if (disposition.FileName.HasValue)
            {
                File = (name, HeaderUtilities.RemoveQuotes(disposition.FileName).Value!, section.ContentType ?? "", content.ToArray());
            }
            else
            {
                Form[name] = Encoding.UTF8.GetString(content.ToArray());
            }
        }
    }
}
