using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Events;

/// <summary>The <c>data</c> of events about conversations, their members and users.</summary>
public static class ConversationEvents
{
    /// <summary><c>conversation.created</c> and <c>conversation.updated</c>.</summary>
    public static byte[] Conversation(ConversationView conversation) =>
        EventJson.Write(conversation, static (json, view) => WriteConversation(json, view));

    /// <summary>The fields that every form of a conversation has.</summary>
    public static void WriteConversation(Utf8JsonWriter json, ConversationView view)
    {
        json.WriteString("conversation_id"u8, view.ConversationId);
        json.WriteString("type"u8, view.Type == ConversationType.Private ? "private"u8 : "group"u8);
        json.WriteStartArray("members"u8);
        foreach (var member in view.Members)
        {
            json.WriteStringValue(member);
        }

        json.WriteEndArray();
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(view.Metadata, skipInputValidation: true);
        json.WriteNumber("last_seq"u8, view.LastSeq);
        json.WriteTimestamp("created_at"u8, view.CreatedAt);
    }

    /// <summary><c>member.joined</c> and <c>member.left</c>.</summary>
    public static byte[] Member(string conversationId, string userId, StoredMessage message) =>
        EventJson.Write((conversationId, userId, message), static (json, e) =>
        {
            json.WriteString("conversation_id"u8, e.conversationId);
            json.WriteString("user_id"u8, e.userId);
            json.WriteString("message_id"u8, e.message.MessageId);
            json.WriteNumber("seq"u8, e.message.Seq);
        });

    /// <summary><c>conversation.read</c>.</summary>
    public static byte[] Read(string conversationId, string userId, string userName, ReadCursor cursor) =>
        EventJson.Write((conversationId, userId, userName, cursor), static (json, e) =>
        {
            json.WriteString("conversation_id"u8, e.conversationId);
            json.WriteString("user_id"u8, e.userId);
            json.WriteString("user_name"u8, e.userName);
            json.WriteNumber("last_read_seq"u8, e.cursor.LastReadSeq);
            json.WriteTimestamp("read_at"u8, e.cursor.ReadAt);
        });

    /// <summary><c>typing</c>.</summary>
    public static byte[] Typing(string conversationId, string userId, string userName) =>
        EventJson.Write((conversationId, userId, userName), static (json, e) =>
        {
            json.WriteString("conversation_id"u8, e.conversationId);
            json.WriteString("user_id"u8, e.userId);
            json.WriteString("user_name"u8, e.userName);
        });

    /// <summary><c>presence</c>: <c>online</c> or <c>offline</c>.</summary>
    public static byte[] Presence(string userId, bool online) =>
        EventJson.Write((userId, online), static (json, e) =>
        {
            json.WriteString("user_id"u8, e.userId);
            json.WriteString("status"u8, e.online ? "online"u8 : "offline"u8);
        });
}
