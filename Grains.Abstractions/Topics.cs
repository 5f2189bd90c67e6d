namespace Chat4All.Grains.Abstractions;

/// <summary>Topics of the event log. Keys are conversation ids, so that order holds within a conversation.</summary>
public static class Topics
{
    /// <summary>Every outbox event: accepted messages and what became of them.</summary>
    public const string MessageProcessing = "message_processing";

    /// <summary>Events that a worker gave up on after its retries.</summary>
    public const string MessageProcessingDeadLetters = "message_processing_dlq";

    /// <summary>Uploads that are complete and wait to be merged; the key is the upload id.</summary>
    public const string FileProcessing = "file_processing";

    /// <summary>Webhook calls from the channels' platforms, as they came; the key is the sender's address.</summary>
    public const string ChannelIncoming = "channel_incoming";

    /// <summary>Calls of API users' webhooks that an operator had made again after they were given up; the key is the webhook's id.</summary>
    public const string WebhookCalls = "webhook_calls";

    /// <summary>Every topic there is.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MessageProcessing, MessageProcessingDeadLetters, FileProcessing, ChannelIncoming, WebhookCalls,
        Outgoing(Channels.WhatsApp), Outgoing(Channels.Instagram), Outgoing(Channels.Messenger), Outgoing(Channels.Telegram),
    ];

    /// <summary>Deliveries on one channel, one record a recipient: <c>whatsapp_outgoing</c>, ….</summary>
    public static string Outgoing(Channels channel) => $"{ChannelNames.Join(channel)}_outgoing";
}
