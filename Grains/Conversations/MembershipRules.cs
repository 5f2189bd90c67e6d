using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Journal;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Conversations;

/// <summary>Who may join and leave a group, and what that does to the member list.</summary>
internal static class MembershipRules
{
    /// <summary>Most members of a group.</summary>
    public const int MaxMembers = 100;

    /// <summary>The members to add. Throws <c>already_a_member</c>, <c>too_many_members</c> or <c>user_not_found</c>.</summary>
    /// <param name="existing">Those of the users that exist.</param>
    public static MemberDraft[] Join(ConversationState state, string[] userIds, IReadOnlyDictionary<string, string> existing)
    {
        foreach (var userId in userIds)
        {
            if (state.IsMember(userId))
            {
                throw ChatException.Conflict(ErrorCodes.AlreadyAMember, $"User {userId} is a member already.");
            }

            if (!existing.ContainsKey(userId))
            {
                throw ChatException.Invalid(ErrorCodes.UserNotFound, $"There is no user {userId}.", "members");
            }
        }

        if (state.MemberIds.Length + userIds.Length > MaxMembers)
        {
            throw ChatException.Invalid(ErrorCodes.TooManyMembers, $"A group has at most {MaxMembers} members.", "members");
        }

        return [.. userIds.Select(userId => new MemberDraft(userId, Joins: true, MemberRole.Member))];
    }

    /// <summary>
    /// The member to remove: by an owner, or the caller itself. When the last owner leaves, the longest member becomes owner. Throws <c>not_an_owner</c> or <c>member_not_found</c>.
    /// </summary>
    public static MemberDraft Leave(ConversationState state, string callerId, string userId)
    {
        if (callerId != userId)
        {
            state.RequireOwner(callerId);
        }

        if (!state.IsMember(userId))
        {
            throw ChatException.NotFound(ErrorCodes.MemberNotFound, $"User {userId} is not a member of this conversation.");
        }

        var others = state.Record.Members.Where(member => member.UserId != userId).ToList();
        var successor = others.Exists(member => member.Role == MemberRole.Owner) ? null : others.FirstOrDefault()?.UserId;
        return new MemberDraft(userId, Joins: false, MemberRole.Member, successor);
    }

    /// <summary>The member list after committed changes.</summary>
    public static IReadOnlyList<MemberRecord> Apply(IReadOnlyList<MemberRecord> members, IEnumerable<(MemberDraft Member, long Seq)> changes)
    {
        var list = members.ToList();
        foreach (var (member, seq) in changes)
        {
            list.RemoveAll(existing => existing.UserId == member.UserId);
            if (member.Joins)
            {
                list.Add(new MemberRecord(member.UserId, member.Role, seq, seq));
            }

            if (list.FindIndex(existing => existing.UserId == member.Successor) is var index and >= 0)
            {
                list[index] = list[index] with { Role = MemberRole.Owner };
            }
        }

        return list;
    }
}
