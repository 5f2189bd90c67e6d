using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>Sends messages to the users of one platform.</summary>
public interface IChannelConnector
{
    /// <summary>The one channel it serves.</summary>
    Channels Channel { get; }

    /// <summary>Whether a recipient without a linked address is reached under the user id, as with the simulator.</summary>
    bool TakesUserIds => false;

    /// <summary>
    /// One attempt. Never throws for what the platform says or fails to say: that is the result. Waits its turn at the platform's pace; the token ends the wait, not a request that is under way.
    /// </summary>
    Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>One message for one recipient on one channel.</summary>
public sealed record OutgoingMessage
{
    /// <summary>The same for each attempt: <c>message:recipient:channel</c>.</summary>
    public required string DeliveryId { get; init; }

    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }

    /// <summary>The message's place in its conversation, where the caller knows it.</summary>
    public long? Seq { get; init; }

    /// <summary>User id of the recipient.</summary>
    public required string Recipient { get; init; }

    /// <summary>The recipient's address on the platform: a phone number, a scoped user id, a chat id.</summary>
    public required string Address { get; init; }

    public required PayloadKind Kind { get; init; }

    /// <summary>The <c>payload</c> object as JSON text.</summary>
    public required string Payload { get; init; }

    public string? SenderName { get; init; }

    public MessagePriority Priority { get; init; } = MessagePriority.Normal;

    /// <summary>When the recipient last wrote on this channel; null when never. Some platforms only take templates later than 24 hours after that.</summary>
    public DateTimeOffset? LastInboundAt { get; init; }
}

/// <summary>What became of an attempt.</summary>
public enum AttemptOutcome
{
    /// <summary>The platform took the message.</summary>
    Sent = 0,

    /// <summary>A passing failure, and the platform did not take it: worth another attempt.</summary>
    Retry,

    /// <summary>The platform will never take it.</summary>
    Failed,

    /// <summary>Too fast: again after <see cref="SendResult.RetryAfter"/>; does not count as an attempt.</summary>
    Throttled,

    /// <summary>The request may have arrived, but its answer never came.</summary>
    Unknown,
}

/// <summary>The result of one attempt.</summary>
/// <param name="ExternalId">The platform's id of the message, when it was sent.</param>
/// <param name="Error">A stable snake_case code, when it was not: <c>no_address</c>, <c>outside_window</c>, <c>recipient_unavailable</c>, …; never holds an address or a token.</param>
/// <param name="RetryAfter">How long the platform wants to be left alone; null when it did not say.</param>
public sealed record SendResult(AttemptOutcome Outcome, string? ExternalId = null, string? Error = null, TimeSpan? RetryAfter = null);

/// <summary>Makes links by which a platform can fetch a file, signed and valid for 5 minutes; made for each attempt and never stored.</summary>
public interface IMediaLinks
{
    /// <summary>The file and a link to it; null when there is no such file.</summary>
    Task<MediaLink?> CreateAsync(string fileId, CancellationToken cancellationToken);

    /// <summary>The file's content from its start, for platforms that do not fetch it themselves; null when there is no such file.</summary>
    Task<Stream?> OpenAsync(string fileId, CancellationToken cancellationToken);
}

/// <summary>A link to a file's content.</summary>
public sealed record MediaLink(Uri Link, string Filename, string MimeType, long Size);
