namespace Chat4All.Grains.Abstractions;

/// <summary>How far a message, or one delivery of it, has come. The numbers are the storage form and rank the states.</summary>
public enum MessageStatus : short
{
    Accepted = 0,
    InTransit = 1,
    Delivered = 2,
    Read = 3,
    Failed = 4,
}

/// <summary>How urgent a message is for the channels behind the hub. The numbers are the storage form.</summary>
public enum MessagePriority : short
{
    Low = 0,
    Normal = 1,
    High = 2,
}

/// <summary>What a message carries. The numbers are the storage form.</summary>
public enum PayloadKind : short
{
    /// <summary>Made by the hub itself: a member joined or left. Takes a <c>seq</c>, has no deliveries and no unread count.</summary>
    System = 0,
    Text = 1,
    File = 2,
    Template = 3,
}

/// <summary>Wire names of the message enums.</summary>
public static class MessageNames
{
    public static string Of(MessageStatus status) => status switch
    {
        MessageStatus.Accepted => "accepted",
        MessageStatus.InTransit => "in_transit",
        MessageStatus.Delivered => "delivered",
        MessageStatus.Read => "read",
        _ => "failed",
    };

    public static string Of(MessagePriority priority) => priority switch
    {
        MessagePriority.Low => "low",
        MessagePriority.High => "high",
        _ => "normal",
    };

    /// <summary>The priority called <paramref name="name"/>, or null.</summary>
    public static MessagePriority? ParsePriority(string name) => name switch
    {
        "low" => MessagePriority.Low,
        "normal" => MessagePriority.Normal,
        "high" => MessagePriority.High,
        _ => null,
    };
}
