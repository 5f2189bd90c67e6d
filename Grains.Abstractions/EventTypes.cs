namespace Chat4All.Grains.Abstractions;

/// <summary>Names of the events on sockets, in the outbox and in webhooks.</summary>
public static class EventTypes
{
    public const string MessageCreated = "message.created";
    public const string MessageStatusUpdated = "message.status_updated";
    public const string ConversationCreated = "conversation.created";
    public const string ConversationUpdated = "conversation.updated";
    public const string ConversationRead = "conversation.read";
    public const string MemberJoined = "member.joined";
    public const string MemberLeft = "member.left";
    public const string Typing = "typing";
    public const string Presence = "presence";
    public const string FileCompleted = "file.completed";

    /// <summary>On <see cref="Topics.FileProcessing"/>: an upload waits to be merged.</summary>
    public const string FileMergeRequested = "file.merge_requested";
}
