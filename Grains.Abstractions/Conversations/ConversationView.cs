using Orleans;

namespace Chat4All.Grains.Abstractions;

/// <summary>The two kinds of conversation. The numbers are the storage form.</summary>
public enum ConversationType : short
{
    /// <summary>Exactly two members, for ever; one such conversation a pair.</summary>
    Private = 0,

    /// <summary>3 to 100 members at creation; members come and go.</summary>
    Group = 1,
}

/// <summary>What a member may do. The numbers are the storage form.</summary>
public enum MemberRole : short
{
    Member = 0,

    /// <summary>May also add and remove members and change the metadata.</summary>
    Owner = 1,
}

/// <summary>A conversation as its members see it.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.ConversationView")]
public sealed record ConversationView
{
    [Id(0)]
    public required string ConversationId { get; init; }

    [Id(1)]
    public required ConversationType Type { get; init; }

    /// <summary>User ids in the order of joining.</summary>
    [Id(2)]
    public required string[] Members { get; init; }

    /// <summary>A JSON object as text.</summary>
    [Id(3)]
    public required string Metadata { get; init; }

    [Id(4)]
    public required DateTimeOffset CreatedAt { get; init; }

    [Id(5)]
    public required long LastSeq { get; init; }
}

/// <summary>A validated request to make a conversation.</summary>
[GenerateSerializer, Immutable, Alias("chat4all.CreateConversation")]
public sealed record CreateConversation
{
    [Id(0)]
    public required string CreatorId { get; init; }

    [Id(1)]
    public required ConversationType Type { get; init; }

    /// <summary>Distinct user ids, the creator among them.</summary>
    [Id(2)]
    public required string[] Members { get; init; }

    /// <summary>A JSON object as text.</summary>
    [Id(3)]
    public required string Metadata { get; init; }
}

/// <summary>The answer to a request to make a conversation.</summary>
/// <param name="Conversation">The new conversation, or the private pair's existing one.</param>
/// <param name="Created">False when it was there before.</param>
[GenerateSerializer, Immutable, Alias("chat4all.CreatedConversation")]
public sealed record CreatedConversation([property: Id(0)] ConversationView Conversation, [property: Id(1)] bool Created);

/// <summary>How far a member has read.</summary>
/// <param name="LastReadSeq">Never goes back.</param>
/// <param name="ReadAt">When it last moved, UTC.</param>
[GenerateSerializer, Immutable, Alias("chat4all.ReadCursor")]
public sealed record ReadCursor([property: Id(0)] long LastReadSeq, [property: Id(1)] DateTimeOffset ReadAt);
