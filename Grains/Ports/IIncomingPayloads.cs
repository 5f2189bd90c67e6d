namespace Chat4All.Grains.Ports;

/// <summary>Reads what one platform posts to its webhook.</summary>
public interface IIncomingPayloads
{
    /// <summary><c>whatsapp</c>, <c>instagram</c>, <c>messenger</c> or <c>telegram</c>.</summary>
    string Channel { get; }

    /// <summary>
    /// What a body says. Echoes of what the hub sent, reactions, edits and everything that is no message and no receipt are left out. Throws <see cref="FormatException"/> or
    /// <see cref="System.Text.Json.JsonException"/> for a body that is none of the platform's.
    /// </summary>
    IncomingPayload Read(ReadOnlyMemory<byte> body);

    /// <summary>
    /// Takes a body apart into what can be handled apart, in its order; a body that holds one thing stays as it is. The same body again has the same parts. Throws like <see cref="Read"/>.
    /// </summary>
    IReadOnlyList<IncomingPart> Split(ReadOnlyMemory<byte> body);
}

/// <summary>A webhook call, or a part of one that is a call of its own.</summary>
/// <param name="Key">Parts of one key stay in order; null when it is about nobody, or nobody knows about whom.</param>
public readonly record struct IncomingPart(string? Key, ReadOnlyMemory<byte> Body);

/// <summary>What one webhook call says.</summary>
public sealed record IncomingPayload
{
    public required IReadOnlyList<IncomingMessage> Messages { get; init; }

    public required IReadOnlyList<DeliveryReceipt> Receipts { get; init; }

    /// <summary>Receipts for everything up to a moment.</summary>
    public required IReadOnlyList<ReceiptWatermark> Watermarks { get; init; }

    /// <summary>Whom the call is about, each once; for receipts by id the ids, because they need to be in order with no others.</summary>
    public required IReadOnlyList<string> Keys { get; init; }
}

/// <summary>A message that somebody sent to the hub's account on a platform.</summary>
public sealed record IncomingMessage
{
    /// <summary>The platform's id of the message.</summary>
    public required string ExternalId { get; init; }

    /// <summary>The sender's address on the platform, under which an answer reaches them.</summary>
    public required string Address { get; init; }

    /// <summary>What the sender is called there; null when the platform does not say.</summary>
    public string? SenderName { get; init; }

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>The text, or the caption of the media; null when there is none.</summary>
    public string? Text { get; init; }

    public IReadOnlyList<IncomingMedia> Media { get; init; } = [];
}

/// <summary>A file that came with a message, still at the platform.</summary>
/// <param name="Kind"><c>image</c>, <c>video</c>, <c>audio</c>, <c>document</c> or <c>sticker</c>.</param>
/// <param name="Reference">Where the platform has it: its id or its address.</param>
public sealed record IncomingMedia(string Kind, string Reference, string? MimeType = null, string? Filename = null);

/// <summary>Everything that was sent to an address up to a moment was delivered, or read.</summary>
/// <param name="Status">Delivered or read.</param>
public sealed record ReceiptWatermark(string Channel, string Address, Abstractions.MessageStatus Status, DateTimeOffset UpTo);
