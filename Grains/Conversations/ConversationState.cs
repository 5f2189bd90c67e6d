using System.Collections.Frozen;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>What a grain knows of its conversation: a cache of the store, replaced as a whole after each committed change.</summary>
internal sealed class ConversationState(ConversationRecord record)
{
    private readonly FrozenDictionary<string, MemberRecord> _members = record.Members.ToFrozenDictionary(member => member.UserId);

    public ConversationRecord Record => record;

    /// <summary>User ids in the order of joining; shared with events, never written to.</summary>
    public string[] MemberIds { get; } = [.. record.Members.Select(member => member.UserId)];

    public ConversationView View(long lastSeq) => new()
    {
        ConversationId = record.ConversationId,
        Type = record.Type,
        Members = MemberIds,
        Metadata = record.Metadata,
        CreatedAt = record.CreatedAt,
        LastSeq = lastSeq,
    };

    public bool IsMember(string userId) => _members.ContainsKey(userId);

    /// <summary>Throws <c>not_a_member</c>.</summary>
    public MemberRecord RequireMember(string userId) =>
        _members.TryGetValue(userId, out var member)
            ? member
            : throw ChatException.Forbidden(ErrorCodes.NotAMember, "You are not a member of this conversation.");

    /// <summary>Throws <c>not_a_member</c> or <c>not_an_owner</c>.</summary>
    public void RequireOwner(string userId)
    {
        if (RequireMember(userId).Role != MemberRole.Owner)
        {
            throw ChatException.Forbidden(ErrorCodes.NotAnOwner, "Only an owner of the conversation may do this.");
        }
    }

    /// <summary>Throws <c>private_conversation</c>: the two members of a private conversation stay.</summary>
    public void RequireGroup()
    {
        if (record.Type != ConversationType.Group)
        {
            throw ChatException.Conflict(ErrorCodes.PrivateConversation, "The members of a private conversation cannot change.");
        }
    }

    public ConversationState With(IReadOnlyList<MemberRecord> members) => new(record with { Members = members });

    public ConversationState With(string metadata) => new(record with { Metadata = metadata });
}
