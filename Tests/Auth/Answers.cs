using System.Net;
using System.Text.Json;

namespace Chat4All.Tests.Auth;

/// <summary>Reads answers and asserts their status on the way.</summary>
internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> sending, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>The stable code of an error answer.</summary>
    public static async Task<string?> ErrorAsync(this Task<HttpResponseMessage> sending, HttpStatusCode expected) =>
        (await sending.JsonAsync(expected)).GetProperty("error").GetString();

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>The claims of a JWT.</summary>
    public static JsonElement Claims(string token) => Part(token, 1);

    /// <summary>The header of a JWT.</summary>
    public static JsonElement Header(string token) => Part(token, 0);

    private static JsonElement Part(string token, int index) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[index])).RootElement.Clone();
}
