using System.Text.Json;
using System.Text.Json.Serialization;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>The body of <c>POST /v1/users</c> and <c>PATCH /v1/users/{id}</c>; absent fields are null.</summary>
internal sealed record UserRequest
{
    public string? UserId { get; init; }

    public string? Username { get; init; }

    public string? Secret { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>A list of names, or the names in one string.</summary>
    [JsonConverter(typeof(ScopeListConverter))]
    public string? Scopes { get; init; }

    public bool? IsActive { get; init; }
}

/// <summary>The body of <c>POST /v1/users/me/secret</c>.</summary>
internal sealed record SecretRequest
{
    /// <summary>The new secret; absent: the server makes one.</summary>
    public string? Secret { get; init; }
}

/// <summary>A user in answers.</summary>
internal sealed record UserAnswer
{
    public required string UserId { get; init; }

    public required string Username { get; init; }

    public required string? DisplayName { get; init; }

    public required IEnumerable<string> Scopes { get; init; }

    public required bool IsActive { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Only in the one answer to the request that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static UserAnswer Of(UserProfile user, string? secret = null) => new()
    {
        UserId = user.UserId,
        Username = user.Username,
        DisplayName = user.DisplayName,
        Scopes = ScopeNames.ParseStored(user.Scopes).Names(),
        IsActive = user.IsActive,
        CreatedAt = user.CreatedAt.UtcDateTime,
        Secret = secret,
    };
}

/// <summary>A page of users.</summary>
internal sealed record UserList(IReadOnlyList<UserAnswer> Users, string? NextCursor);

/// <summary>The answer to a rotated secret; the secret is there when the server made it.</summary>
internal sealed record SecretAnswer(string UserId, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret);

/// <summary>Reads scopes as a list of strings or as one string with blanks.</summary>
internal sealed class ScopeListConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var names = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            names.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
        }

        return string.Join(' ', names);
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(UserAnswer))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(SecretAnswer))]
internal sealed partial class UsersJson : JsonSerializerContext;
