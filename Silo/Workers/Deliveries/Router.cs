using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>
/// Turns accepted messages into deliveries: the rows first, then a request for each on its channel's topic. All of it may be done again: rows that are there stay, and
/// connectors tell repeated requests by their id.
/// </summary>
internal sealed class Router(
    IDeliveryStore deliveries,
    IChannelAddressStore addresses,
    IEnumerable<IChannelConnector> connectors,
    IEventLog eventLog,
    IDeadLetters deadLetters,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<Router> log) : IBatchHandler
{
    private const string NoAddress = "no_address";

    /// <summary>Simulated channels reach everybody, but where a real one is beside them, <c>all</c> does not mean them: nobody would get anything there.</summary>
    private readonly string[] _channelsOfEverybody =
        connectors.All(static one => one.TakesUserIds) ? [.. connectors.Select(static one => ChannelNames.Join(one.Channel))] : [];

    private readonly RequestRoom _room = new();

    private readonly ConcurrentDictionary<string, RequestQueue> _queues = new(StringComparer.Ordinal);

    public string Topic => Topics.MessageProcessing;

    public string Group => "router";

    public int MaxBatch => 200;

    public Task Settled => Task.WhenAll(_queues.Values.Select(static queue => queue.Last));

    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    public async Task HandleAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken)
    {
        var messages = await KnownAsync(await ReadAsync(records, cancellationToken), cancellationToken);
        if (messages.Count == 0)
        {
            return;
        }

        var plan = await PlanAsync(messages, cancellationToken);
        var routed = messages.Select(one => (one.Message, Trace: one.Record.Event.TraceParent, Deliveries: plan.Of(one.Message).ToArray())).ToList();
        await deliveries.InsertAsync([.. routed.SelectMany(static one => one.Deliveries)], time.GetStoreNow(), cancellationToken);
        await RefuseUnreachableAsync(routed, cancellationToken);

        // Last, because it never fails: a batch that comes again has requested nothing yet.
        Request(routed, cancellationToken);
    }

    private async Task<List<(RoutedMessage Message, LogRecord Record)>> ReadAsync(IReadOnlyList<LogRecord> records, CancellationToken cancellationToken)
    {
        var messages = new List<(RoutedMessage, LogRecord)>(records.Count);
        foreach (var record in records)
        {
            try
            {
                if (RoutedMessage.Read(record.Event) is { } message)
                {
                    messages.Add((message, record));
                }
            }
            catch (JsonException)
            {
                // It will never be readable, and must not hold up what is behind it.
                await deadLetters.AddAsync(record, Group, "malformed_event", attempts: 1, cancellationToken);
            }
        }

        return messages;
    }

    /// <summary>
    /// Puts messages aside that the store does not have: a log apart from it may be ahead of it when an older backup was restored. Where the log is the store there are none.
    /// </summary>
    private async Task<List<(RoutedMessage Message, LogRecord Record)>> KnownAsync(List<(RoutedMessage Message, LogRecord Record)> messages, CancellationToken cancellationToken)
    {
        if (eventLog.IncludesOutbox || messages.Count == 0)
        {
            return messages;
        }

        var known = await deliveries.FindMessagesAsync([.. messages.Select(static one => one.Message.MessageId)], cancellationToken);
        foreach (var (_, record) in messages.Where(one => !known.Contains(one.Message.MessageId)))
        {
            await deadLetters.AddAsync(record, Group, ErrorCodes.MessageNotFound, attempts: 1, cancellationToken);
        }

        return [.. messages.Where(one => known.Contains(one.Message.MessageId))];
    }

    private async Task<DeliveryPlan> PlanAsync(List<(RoutedMessage Message, LogRecord Record)> messages, CancellationToken cancellationToken)
    {
        string[] conversations = [.. messages.Where(static one => one.Message.To is null).Select(static one => one.Message.ConversationId).Distinct()];
        var members = await deliveries.ListMembersAsync(conversations, cancellationToken);
        string[] askedFor =
        [
            .. messages.Where(static one => one.Message.Channels.HasFlag(Channels.All)).SelectMany(one => DeliveryPlan.Recipients(one.Message, members)).Distinct(),
        ];
        var linked = askedFor.Length == 0 ? [] : await addresses.FindAsync(askedFor, channel: null, cancellationToken);
        return new DeliveryPlan(members, linked.ToLookup(static one => one.UserId, static one => one.Channel), _channelsOfEverybody);
    }

    /// <summary>Queues the requests, each topic's in the order of the messages.</summary>
    private void Request(List<(RoutedMessage Message, string? Trace, NewDelivery[] Deliveries)> routed, CancellationToken cutOff)
    {
        var now = time.GetStoreNow();
        var topics = new Dictionary<string, List<LogEvent>>();
        foreach (var (message, trace, toMake) in routed)
        {
            using var span = Start(trace);
            foreach (var delivery in toMake.Where(static delivery => !DeliveryPlan.IsUnreachable(delivery)))
            {
                if (!topics.TryGetValue(delivery.Channel, out var events))
                {
                    topics.Add(delivery.Channel, events = []);
                }

                events.Add(DeliveryRequest.Write(message, delivery.Recipient, delivery.Channel, now, span?.Id ?? trace));
            }
        }

        foreach (var (channel, requests) in topics)
        {
            _queues.GetOrAdd(channel, name => new RequestQueue(eventLog, Topics.Outgoing(ChannelNames.Parse(name)), _room, time, log)).Add(requests, cutOff);
        }
    }

    private async Task RefuseUnreachableAsync(List<(RoutedMessage Message, string? Trace, NewDelivery[] Deliveries)> routed, CancellationToken cancellationToken)
    {
        var updates = routed.SelectMany(one => one.Deliveries.Where(DeliveryPlan.IsUnreachable).Select(delivery => (one.Message.ConversationId, Update: new DeliveryUpdate
        {
            MessageId = delivery.MessageId,
            Recipient = delivery.Recipient,
            Channel = delivery.Channel,
            Status = MessageStatus.Failed,
            At = time.GetStoreNow(),
            Error = NoAddress,
            TraceParent = one.Trace,
        })));
        foreach (var conversation in updates.GroupBy(static one => one.ConversationId, static one => one.Update))
        {
            await grains.GetGrain<IConversationGrain>(conversation.Key).RecordDeliveries([.. conversation], cancellationToken);
        }
    }

    private static Activity? Start(string? trace) =>
        ActivityContext.TryParse(trace, null, isRemote: true, out var cause) ? Telemetry.Activities.StartActivity("route message", ActivityKind.Producer, cause) : null;
}
