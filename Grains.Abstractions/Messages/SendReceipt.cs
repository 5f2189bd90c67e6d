using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>The answer to an accepted message: by then the message and its outbox row are committed to durable storage.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.SendReceipt")]
public sealed record SendReceipt
{
    [Id(0)]
    public required string MessageId { get; init; }

    [Id(1)]
    public required string ConversationId { get; init; }

    /// <summary>The message's place in its conversation: 1, 2, 3 … without gap or repeat.</summary>
    [Id(2)]
    public required long Seq { get; init; }

    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>True when the same message was accepted before; nothing was written this time.</summary>
    [Id(4)]
    public bool Duplicate { get; init; }
}

/// <summary>One result of a batch: a receipt or an error, never both.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.SendOutcome")]
public sealed record SendOutcome
{
    [Id(0)]
    public SendReceipt? Receipt { get; init; }

    [Id(1)]
    public ChatError? Error { get; init; }
}
