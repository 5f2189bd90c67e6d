using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;
using Microsoft.Extensions.Logging;

namespace Chat4All.Silo.Workers.Webhooks;

/// <summary>Turns events into calls, for the webhooks of those who are members of the conversation when the event is handled. The same events again make no second call while the first waits.</summary>
internal sealed partial class WebhookEventsHandler(IWebhookStore store, WebhookSender sender, TimeProvider time, ILogger<WebhookEventsHandler> log) : IBatchHandler
{
    public string Topic => Topics.MessageProcessing;

    public string Group => "webhooks";

    public int MaxBatch => 500;

    public TimeSpan Gathering => TimeSpan.FromMilliseconds(50);

    public async Task HandleAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken)
    {
        // Nearly every batch of a hub without webhooks ends here.
        if (!await store.AnyAsync(cancellationToken))
        {
            return;
        }

        var events = records.Where(static record => WebhookEvents.NameOf(record.Event.Type) is not null).ToList();
        var conversations = events.Select(static record => record.Event.Key).Distinct().ToList();
        var subscriptions = (await store.ListSubscriptionsAsync(conversations, cancellationToken)).ToLookup(static s => s.ConversationId, StringComparer.Ordinal);
        var calls = events.SelectMany(record => CallsOf(record.Event, subscriptions[record.Event.Key])).ToList();
        if (calls.Count > 0)
        {
            await store.AddCallsAsync(calls, cancellationToken);
            sender.Wake();
        }
    }

    private IEnumerable<WebhookCall> CallsOf(LogEvent source, IEnumerable<WebhookSubscription> subscriptions)
    {
        // A new group starts at the oldest event, and a new webhook hears of what comes, not of what was.
        var name = WebhookEvents.NameOf(source.Type)!;
        var wanted = subscriptions.Where(s => source.Time >= s.CreatedAt && WebhookEvents.Match(s.Events, name)).ToList();
        if (wanted.Count == 0 || BodyOf(source, name) is not { } body)
        {
            return [];
        }

        var now = time.GetUtcNow();
        return wanted.Select(s => new WebhookCall(CallIds.Next(now), s.WebhookId, source.Id, name, body, now));
    }

    /// <summary>The body; null for an event of an unknown form, which no repetition would make better.</summary>
    private string? BodyOf(LogEvent source, string name)
    {
        try
        {
            return WebhookEvents.Body(source, name);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            LogUnreadable(log, source.Type, source.Id, unreadable);
            return null;
        }
    }

    [LoggerMessage(5101, LogLevel.Error, "An event of type {EventType} has a form that webhooks cannot be told in; its id is {EventId}")]
    private static partial void LogUnreadable(ILogger log, string eventType, string eventId, Exception unreadable);
}
