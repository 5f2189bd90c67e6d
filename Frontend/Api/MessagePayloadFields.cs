using System.Buffers;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;

namespace Chat4All.Frontend.Api;

/// <summary>The <c>payload</c> object of a message request while it is read; names of unknown fields are passed over.</summary>
internal struct MessagePayloadFields
{
    /// <summary>Longest name of a template, in characters.</summary>
    public const int MaxTemplateName = 512;

    /// <summary>Most parameters of a template, and the longest one.</summary>
    public const int MaxParameters = 64;

    /// <inheritdoc cref="MaxParameters"/>
    public const int MaxParameter = 1_024;

    private const int MaxLanguage = 16;
    private const string Types = "must be text, file or template";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly SearchValues<char> LanguageCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private string? _type;
    private string? _text;
    private string? _name;
    private string? _language;
    private List<string>? _parameters;

    public PayloadKind Kind { get; private set; }

    /// <summary>The file of a file message. Its id is well-formed; whether there is such a file in the conversation is for others to say.</summary>
    public string? FileId { get; private set; }

    /// <summary>The payload in its stored form, or null with findings. The reader is at the payload's first token, and then at its last.</summary>
    public string? Read(ref Utf8JsonReader json, FieldErrors errors)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            errors.Add("payload", "must be an object");
            json.Skip();
            return null;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            ReadField(ref json, errors);
        }

        return _type switch
        {
            "text" => Text(errors),
            "file" => File(errors),
            "template" => Template(errors),
            _ => Refuse(errors),
        };
    }

    private void ReadField(ref Utf8JsonReader json, FieldErrors errors)
    {
        if (json.ValueTextEquals("type"u8))
        {
            _type = ReadText(ref json, "payload.type", errors);
        }
        else if (json.ValueTextEquals("text"u8))
        {
            _text = ReadText(ref json, "payload.text", errors);
        }
        else if (json.ValueTextEquals("file_id"u8))
        {
            FileId = ReadText(ref json, "payload.file_id", errors);
        }
        else if (json.ValueTextEquals("name"u8))
        {
            _name = ReadText(ref json, "payload.name", errors);
        }
        else if (json.ValueTextEquals("language"u8))
        {
            _language = ReadText(ref json, "payload.language", errors);
        }
        else if (json.ValueTextEquals("parameters"u8))
        {
            json.Read();
            ReadParameters(ref json, errors);
        }
        else
        {
            json.Read();
            json.Skip();
        }
    }

    private void ReadParameters(ref Utf8JsonReader json, FieldErrors errors)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            errors.Add("payload.parameters", "must be an array of strings");
            json.Skip();
            return;
        }

        _parameters = [];
        var fit = true;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var parameter = JsonText.ReadString(ref json, "payload.parameters", errors);
            fit &= parameter is { Length: > 0 and <= MaxParameter } && _parameters.Count < MaxParameters;
            if (fit)
            {
                _parameters.Add(parameter!);
            }
        }

        errors.Check(fit, "payload.parameters", $"must be at most {MaxParameters} strings of 1 to {MaxParameter} characters");
    }

    private string? Text(FieldErrors errors)
    {
        Kind = PayloadKind.Text;
        FileId = null;
        return MessageRequest.TextPayload(_text ?? "", "payload.text", errors);
    }

    private string? File(FieldErrors errors)
    {
        Kind = PayloadKind.File;
        if (FileId is null || !Ids.IsValid(FileId))
        {
            errors.Add("payload.file_id", "must be a file id");
            return null;
        }

        return MessagePayload.File(FileId);
    }

    private string? Template(FieldErrors errors)
    {
        Kind = PayloadKind.Template;
        FileId = null;
        if (_name is not { Length: > 0 and <= MaxTemplateName } || _name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            errors.Add("payload.name", $"must be 1 to {MaxTemplateName} characters of a-z 0-9 _");
        }
        else if (_language is not { Length: > 1 and <= MaxLanguage } || _language.AsSpan().ContainsAnyExcept(LanguageCharacters))
        {
            errors.Add("payload.language", "must be a language like en or pt_BR");
        }
        else
        {
            return MessagePayload.Template(_name, _language, _parameters ?? []);
        }

        return null;
    }

    private static string? Refuse(FieldErrors errors)
    {
        errors.Add("payload.type", Types);
        return null;
    }

    /// <summary>A string, or null for JSON's null.</summary>
    private static string? ReadText(ref Utf8JsonReader json, string field, FieldErrors errors)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Null ? null : JsonText.ReadString(ref json, field, errors);
    }
}
