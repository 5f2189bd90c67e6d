using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>Carries a <see cref="ChatError"/> out of a grain or a rule; turned into problem details in one place.</summary>
[GenerateSerializer, Alias("chat4all.ChatException")]
public sealed class ChatException : Exception
{
    public ChatException(ChatError error)
        : base(error.Detail) => Error = error;

    public ChatException(ChatError error, Exception cause)
        : base(error.Detail, cause) => Error = error;

    /// <summary>The refusal.</summary>
    [Id(0)]
    public ChatError Error { get; private set; }

    public static ChatException Invalid(string code, string detail, string? field = null) => new(new ChatError(ChatErrorKind.Invalid, code, detail, field));

    public static ChatException Forbidden(string code, string detail) => new(new ChatError(ChatErrorKind.Forbidden, code, detail));

    public static ChatException NotFound(string code, string detail) => new(new ChatError(ChatErrorKind.NotFound, code, detail));

    public static ChatException Conflict(string code, string detail) => new(new ChatError(ChatErrorKind.Conflict, code, detail));

    public static ChatException Unavailable(string code, string detail, Exception? cause = null)
    {
        var error = new ChatError(ChatErrorKind.Unavailable, code, detail);
        return cause is null ? new ChatException(error) : new ChatException(error, cause);
    }
}
