using Chat4All.Grains.Abstractions;

namespace Chat4All.Grains.Ports;

/// <summary>A conversation as stored, with its members.</summary>
public sealed record ConversationRecord
{
    public required string ConversationId { get; init; }

    public required ConversationType Type { get; init; }

    /// <summary>A JSON object as text.</summary>
    public required string Metadata { get; init; }

    /// <summary>The newest message's seq; 0 when there is none.</summary>
    public required long LastSeq { get; init; }

    /// <summary>When the newest message was accepted (microsecond precision); the creation time when there is none.</summary>
    public required DateTimeOffset LastActivityAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>In the order of joining.</summary>
    public required IReadOnlyList<MemberRecord> Members { get; init; }
}

/// <summary>A member of a conversation.</summary>
/// <param name="Role">The creator is the owner.</param>
/// <param name="JoinedSeq">Seq of the system message that the member joined with; 0 for members from the start.</param>
/// <param name="LastReadSeq">Read cursor.</param>
public sealed record MemberRecord(string UserId, MemberRole Role, long JoinedSeq, long LastReadSeq);

/// <summary>A conversation to insert. The first member is the owner.</summary>
public sealed record NewConversation(string ConversationId, ConversationType Type, IReadOnlyList<string> Members, string Metadata, DateTimeOffset CreatedAt);
