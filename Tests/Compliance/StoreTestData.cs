using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Compliance;

/// <summary>Makes what store tests write. Ids are unique to a test, so tests share a store without seeing each other.</summary>
internal static class StoreTestData
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static string NewId(string kind) => $"{kind}-{Guid.NewGuid():N}";

    public static UserProfile User(string id, string? displayName = null) =>
        new() { UserId = id, Username = $"name.{id}", DisplayName = displayName, Scopes = "read write", IsActive = true, CreatedAt = Start };

    public static async Task<string[]> AddUsersAsync(this IUserStore users, int count)
    {
        var ids = Enumerable.Range(0, count).Select(static _ => NewId("user")).ToArray();
        foreach (var id in ids)
        {
            await users.CreateAsync(User(id), null, CancellationToken.None);
        }

        return ids;
    }

    public static async Task<ConversationRecord> AddConversationAsync(this IConversationStore store, params string[] members)
    {
        var type = members.Length == 2 ? ConversationType.Private : ConversationType.Group;
        var (conversation, _) = await store.CreateAsync(new NewConversation(NewId("conv"), type, members, "{}", Start), CancellationToken.None);
        return conversation;
    }

    public static NewMessage Message(
        string conversationId, long seq, string? sender, string? id = null, Channels channels = Channels.Chat4All, string text = "hello", DateTimeOffset? at = null)
    {
        id ??= NewId("msg");
        var createdAt = at ?? Start.AddMilliseconds(seq);
        var message = new StoredMessage
        {
            MessageId = id,
            ConversationId = conversationId,
            Seq = seq,
            SenderId = sender,
            Kind = sender is null ? PayloadKind.System : PayloadKind.Text,
            Payload = $$"""{"type":"text","text":"{{text}}"}""",
            Channels = channels,
            Priority = MessagePriority.Normal,
            Status = channels == Channels.Chat4All ? MessageStatus.Delivered : MessageStatus.Accepted,
            CreatedAt = createdAt,
            StatusAt = createdAt,
        };
        return new NewMessage(message, new OutboxRow
        {
            Id = Guid.CreateVersion7(createdAt),
            AggregateType = sender is null ? "conversation" : "message",
            AggregateId = sender is null ? $"{conversationId}:{seq}" : id,
            EventType = sender is null ? EventTypes.MemberJoined : EventTypes.MessageCreated,
            Payload = Encoding.UTF8.GetBytes($$"""{"message_id":"{{id}}","seq":{{seq}}}"""),
        });
    }

    public static ConversationAppend Append(string conversationId, long expected, params NewMessage[] messages) =>
        new() { ConversationId = conversationId, ExpectedLastSeq = expected, Messages = messages };

    /// <summary>Appends one message a sender behind the head <paramref name="expected"/>.</summary>
    public static async Task<NewMessage[]> SendAsync(this IConversationStore store, string conversationId, long expected, params string?[] senders)
    {
        var messages = senders.Select((sender, i) => Message(conversationId, expected + i + 1, sender)).ToArray();
        var conflicts = await store.AppendAsync([Append(conversationId, expected, messages)], CancellationToken.None);
        return conflicts.Committed ? messages : throw new InvalidOperationException("The append was refused.");
    }
}
