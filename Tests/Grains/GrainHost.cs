using System.Collections.Concurrent;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Chat4All.Tests.Grains;

/// <summary>The grains on the engine of this build over a real store, with a fan-out that records and an event log that a test may make refuse.</summary>
internal sealed class GrainHost : IAsyncDisposable
{
    private readonly IHost _host;

    private GrainHost(IHost host, EmbeddedStore store, InterposedStore interposed, InterposedDeliveries deliveries, ForwardedFailures failures, RecordingFanOut fanOut, RecordingEventLog log) =>
        (_host, Store, Interposed, Deliveries, Failures, FanOut, Log) = (host, store, interposed, deliveries, failures, fanOut, log);

    public EmbeddedStore Store { get; }

    public InterposedStore Interposed { get; }

    public InterposedDeliveries Deliveries { get; }

    public ForwardedFailures Failures { get; }

    public IGrainFactory Factory => _host.Services.GetRequiredService<IGrainFactory>();

    public IDeliveryReceipts Receipts => _host.Services.GetRequiredService<IDeliveryReceipts>();

    public RecordingFanOut FanOut { get; }

    public RecordingEventLog Log { get; }

    public static Task<GrainHost> StartAsync(EmbeddedStore store, RecordingEventLog? log = null, params (string Key, string Value)[] settings) =>
        StartAsync(store, store.Files, log, settings);

    public static async Task<GrainHost> StartAsync(EmbeddedStore store, IFileStore files, RecordingEventLog? log, params (string Key, string Value)[] settings)
    {
        log ??= new RecordingEventLog();
        var fanOut = new RecordingFanOut();
        var failures = new ForwardedFailures();
        var interposed = new InterposedStore(store.Conversations);
        var deliveries = new InterposedDeliveries(store.Deliveries);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services
            .AddGrainPorts(store)
            .AddSingleton<IConversationStore>(interposed)
            .AddSingleton<IFailedDeliveries>(failures)
            .AddSingleton(files)
            .AddSingleton<IDeliveryStore>(deliveries)
            .AddSingleton<IFanOut>(fanOut)
            .AddSingleton<IEventLog>(log);
        builder.Configuration["Outbox:Backoff"] = "00:00:00.050";
        builder.Configuration["Outbox:StaleAfter"] = "00:00:01";
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.AddGrains(typeof(Telemetry).Assembly);
        builder.Services.AddGrainCallers();
        var host = builder.Build();
        await host.StartAsync();
        return new GrainHost(host, store, interposed, deliveries, failures, fanOut, log);
    }

    public IConversationGrain Conversation(string id) => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IConversationGrain>(id);

    public IUploadSessionGrain Upload(string id) => Factory.GetGrain<IUploadSessionGrain>(id);

    public IUserGrain User(string id) => _host.Services.GetRequiredService<IGrainFactory>().GetGrain<IUserGrain>(id);

    /// <summary>A group of <c>u1</c> (owner), <c>u2</c> and <c>u3</c>.</summary>
    public Task<CreatedConversation> CreateGroupAsync(string id) => Conversation(id).Create(
        new CreateConversation { CreatorId = "u1", Type = ConversationType.Group, Members = ["u1", "u2", "u3"], Metadata = """{"name":"Team"}""" }, CancellationToken.None);

    public static SendMessage Message(string id, string sender = "u1", string text = "hello", Channels channels = Channels.WhatsApp) => new()
    {
        MessageId = id,
        SenderId = sender,
        SenderName = sender,
        Kind = PayloadKind.Text,
        Payload = MessagePayload.Text(text),
        Channels = channels,
    };

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Hands failures to whoever a test names; nobody before.</summary>
internal sealed class ForwardedFailures : IFailedDeliveries
{
    public IFailedDeliveries? Keeper { get; set; }

    public Task KeepAsync(DeliveryReceipt receipt, ExternalDelivery delivery, CancellationToken cancellationToken) =>
        Keeper?.KeepAsync(receipt, delivery, cancellationToken) ?? Task.CompletedTask;
}

internal sealed class RecordingFanOut : IFanOut
{
    private readonly ConcurrentQueue<LiveEvent> _events = new();

    public IReadOnlyCollection<LiveEvent> Events => _events;

    public void Publish(LiveEvent liveEvent) => _events.Enqueue(liveEvent);

    public IDisposable Subscribe(Action<LiveEvent> receiver) => throw new NotSupportedException("These tests look at what was published.");
}

internal sealed class RecordingEventLog : IEventLog
{
    private readonly ConcurrentQueue<LogEvent> _events = new();

    /// <summary>Makes every append fail.</summary>
    public volatile bool Refuses;

    public IReadOnlyList<LogEvent> Events => [.. _events];

    /// <summary>The seq that an event's data tells.</summary>
    public static long Seq(LogEvent one) => JsonDocument.Parse(one.Data).RootElement.GetProperty("seq").GetInt64();

    public bool IncludesOutbox { get; init; }

    public ILogConsumer Join(string topic, string group) => throw new NotSupportedException("These tests look at what was appended.");

    /// <summary>How far the groups are behind.</summary>
    public IReadOnlyList<ConsumerLag> Lags { get; set; } = [];

    public Task<IReadOnlyList<ConsumerLag>> ReadLagAsync(CancellationToken cancellationToken) => Task.FromResult(Lags);

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task AppendAsync(string topic, IReadOnlyList<LogEvent> events, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (Refuses)
        {
            throw new IOException("the log is down");
        }

        foreach (var one in events)
        {
            _events.Enqueue(one);
        }
    }
}
