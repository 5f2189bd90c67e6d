using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Chat4All.Silo.Workers.Deliveries;
using Chat4All.Tests.Grains;
using Chat4All.Tests.Silo.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chat4All.Tests.Silo.Deliveries;

/// <summary>Router and connector workers over real grains and a real store, fed by hand.</summary>
internal sealed class DeliveryHost : IAsyncDisposable
{
    private DeliveryHost(EmbeddedStore store, GrainHost grains)
    {
        (Store, Grains) = (store, grains);
        DeadLetters = new DeadLetters(store.DeadLetters, Log, TimeProvider.System, NullLogger<DeadLetters>.Instance);
    }

    public EmbeddedStore Store { get; }

    public GrainHost Grains { get; }

    public TopicLog Log { get; } = new();

    public DeadLetters DeadLetters { get; }

    /// <summary>The router's and the workers' waits.</summary>
    public RecordedWaits Time { get; } = new();

    public static async Task<DeliveryHost> StartAsync()
    {
        var store = await EmbeddedStore.StartAsync();
        return new DeliveryHost(store, await GrainHost.StartAsync(store));
    }

    public Router Router(params IChannelConnector[] connectors) =>
        new(Store.Deliveries, Store.Addresses, connectors, Log, DeadLetters, Grains.Factory, Time, NullLogger<Router>.Instance);

    public DeadLetterReplay Replay(params IBatchHandler[] handlers) => new(Store.DeadLetters, Log, Store.Files, handlers, TimeProvider.System);

    public ConnectorWorker Worker(IChannelConnector connector, bool retryUnknown = true) =>
        new(connector, Grains.Deliveries, Store.Addresses, Grains.Factory, DeadLetters, new DeliveryOptions { RetryUnknownOutcome = retryUnknown }, Time, NullLogger<ConnectorWorker>.Instance);

    /// <summary>Sends a message of <c>u1</c> into a group of u1, u2 and u3; the event as the router reads it.</summary>
    public async Task<LogRecord> SendAsync(string conversationId, string messageId, Channels channels, string? to = null)
    {
        if (await Store.Reader.FindAsync(conversationId, CancellationToken.None) is null)
        {
            await Grains.CreateGroupAsync(conversationId);
        }

        await Grains.Conversation(conversationId).Send(GrainHost.Message(messageId, channels: channels) with { To = to }, CancellationToken.None);
        var stored = (await Store.Reader.FindMessageAsync(messageId, CancellationToken.None))!;
        return TopicLog.Record(Topics.MessageProcessing, new LogEvent
        {
            Id = $"event-{messageId}",
            Type = EventTypes.MessageCreated,
            Key = conversationId,
            MessageId = messageId,
            Time = stored.CreatedAt,
            Data = MessageEvents.Created(stored, "User One"),
        });
    }

    /// <summary>Sends a message to <c>u2</c> on WhatsApp and routes it; the request as the connector's worker reads it.</summary>
    public async Task<LogRecord> RequestAsync(string messageId = "m1")
    {
        await Router().HandleAsync([await SendAsync("c1", messageId, Channels.WhatsApp, to: "u2")], CancellationToken.None);
        return TopicLog.Record("whatsapp_outgoing", Log.On("whatsapp_outgoing")[^1]);
    }

    public async Task<DeliveryRecord> DeliveryAsync(string messageId = "m1") => Assert.Single(await Store.Reader.ListDeliveriesAsync([messageId], CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await Grains.DisposeAsync();
        await Store.DisposeAsync();
    }
}
