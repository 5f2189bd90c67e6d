namespace Chat4All.Frontend.Api;

/// <summary>What POST /v1/messages reads, for the documentation only: the reader itself is <see cref="MessageRequest"/>.</summary>
internal sealed record MessageShape
{
    /// <summary>The idempotency key; made by the server when absent.</summary>
    public string? MessageId { get; init; }

    public required string ConversationId { get; init; }

    /// <summary>Must be the caller, by id or name.</summary>
    public string? From { get; init; }

    /// <summary>Members to deliver to; every member but the sender unless given.</summary>
    public string[]? To { get; init; }

    /// <summary><c>whatsapp</c>, <c>instagram</c>, <c>messenger</c>, <c>telegram</c>, <c>chat4all</c> or <c>all</c>; not empty.</summary>
    public required string[] Channels { get; init; }

    public PayloadShape? Payload { get; init; }

    /// <summary>Short for a payload of type text.</summary>
    public string? Content { get; init; }

    /// <summary><c>low</c>, <c>normal</c> or <c>high</c>.</summary>
    public string? Priority { get; init; }

    /// <summary>The message that this one answers.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Up to 4 KiB, kept and given back.</summary>
    public Dictionary<string, object>? Metadata { get; init; }
}

/// <summary>A text, a file, or one of WhatsApp's pre-approved templates.</summary>
internal sealed record PayloadShape
{
    /// <summary><c>text</c>, <c>file</c> or <c>template</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Of a text: 1 to 16,384 characters.</summary>
    public string? Text { get; init; }

    /// <summary>Of a file: an upload that is completed.</summary>
    public string? FileId { get; init; }

    /// <summary>Of a template: 1 to 512 characters of a-z 0-9 _.</summary>
    public string? Name { get; init; }

    /// <summary>Of a template: <c>en</c>, <c>pt_BR</c>, ….</summary>
    public string? Language { get; init; }

    /// <summary>Of a template: the values of its body, at most 64 of up to 1,024 characters.</summary>
    public string[]? Parameters { get; init; }
}

/// <summary>What POST /v1/messages/batch reads.</summary>
internal sealed record BatchShape
{
    /// <summary>1 to 500.</summary>
    public required MessageShape[] Messages { get; init; }
}
