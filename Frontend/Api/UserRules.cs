using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>What the fields of a user may hold.</summary>
internal static class UserRules
{
    private const int MaxName = 64;
    private const int MaxDisplayName = 128;

    /// <summary>Checks what is present; throws <c>validation_failed</c> with every field that is wrong.</summary>
    public static void Check(UserRequest request, bool isNew) => new FieldErrors()
        .Check(request.UserId is null || (isNew && Ids.IsValid(request.UserId)), "user_id", isNew ? "is not a valid id" : "cannot be changed")
        .Check(request.Username is not null || !isNew, "username", "is missing")
        .Check(request.Username is null || IsName(request.Username, MaxName), "username", $"must have 1 to {MaxName} printable characters, no blank at either end")
        .Check(request.DisplayName is null || IsName(request.DisplayName, MaxDisplayName), "display_name", $"must have 1 to {MaxDisplayName} printable characters, no blank at either end")
        .Check(request.Secret is null || SecretHasher.IsAcceptable(request.Secret), "secret", "must have 8 to 256 characters")
        .Check(request.Scopes is null || ScopeNames.TryParse(request.Scopes, out _), "scopes", "must be some of read, write and admin")
        .ThrowIfAny();

    /// <summary>Scopes as they are stored.</summary>
    public static string Scopes(string text) => ScopeNames.TryParse(text, out var scopes) ? scopes.Text() : ScopeNames.Default;

    private static bool IsName(string text, int max) =>
        text.Length >= 1 && text.Length <= max && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);
}
