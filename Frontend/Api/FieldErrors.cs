using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>Collects what is wrong with a request, so that a client hears of all of it at once.</summary>
internal sealed class FieldErrors
{
    private Dictionary<string, string[]>? _errors;

    /// <summary>Whether anything is wrong.</summary>
    public bool Any => _errors is not null;

    /// <summary>Adds a sentence about a field.</summary>
    public void Add(string field, string text) => Check(holds: false, field, text);

    /// <summary>The first finding as one error, for sockets and batch items, which have no <c>field_errors</c>.</summary>
    public ChatError ToError()
    {
        var (field, texts) = _errors!.First();
        return new ChatError(ChatErrorKind.Invalid, ErrorCodes.ValidationFailed, $"{field}: {texts[0]}", field);
    }

    /// <summary>Adds a sentence about a field unless <paramref name="holds"/>.</summary>
    public FieldErrors Check(bool holds, string field, string text)
    {
        if (!holds)
        {
            _errors ??= new Dictionary<string, string[]>(StringComparer.Ordinal);
            _errors[field] = _errors.TryGetValue(field, out var earlier) ? [.. earlier, text] : [text];
        }

        return this;
    }

    /// <summary>Throws <c>validation_failed</c> when anything was wrong.</summary>
    public void ThrowIfAny()
    {
        if (_errors is not null)
        {
            throw new ProblemException(StatusCodes.Status400BadRequest, ErrorCodes.ValidationFailed, "Some fields are not valid.") { FieldErrors = _errors };
        }
    }
}
