using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Incoming;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Options;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Reads the platforms' webhook calls: messages go to the inbox, receipts to the deliveries. The same call again changes nothing.</summary>
internal sealed class IncomingHandler(
    IEnumerable<IIncomingPayloads> payloads, Contacts contacts, Inbox inbox, Receipts receipts, IChannelAddressStore addresses, IDeadLetters deadLetters,
    IOptions<IncomingOptions> options)
    : IKeyedHandler
{
    private static readonly Counter<long> Messages = Telemetry.Meter.CreateCounter<long>(
        "chat4all_incoming_messages_total", description: "Messages that came in on the channels, by what became of them.");

    /// <summary>The same record comes with every attempt at it, and what is known of it goes when it does.</summary>
    private readonly ConditionalWeakTable<LogRecord, CallProgress> _calls = [];

    private readonly Dictionary<string, IIncomingPayloads> _payloads = payloads.ToDictionary(static p => p.Channel, StringComparer.Ordinal);

    public string Topic => Topics.ChannelIncoming;

    public string Group => "incoming";

    public int Concurrency => options.Value.IncomingConcurrency;

    public async Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (Find(record) is not { } call)
        {
            return HandlingResult.GiveUp("unreadable");
        }

        while (call.Messages.TryPeek(out var message))
        {
            // One message that cannot be taken must not keep the others of the same call out.
            if (await TakeAsync(call, message, cancellationToken) is { } wait)
            {
                return HandlingResult.Wait(wait);
            }

            call.Messages.Dequeue();
        }

        return await receipts.ReportAsync(call, cancellationToken) is { } unknown ? HandlingResult.Wait(unknown)
            : call.Refusal is { } refusal ? HandlingResult.GiveUp(refusal)
            : HandlingResult.Done;
    }

    public Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken) =>
        deadLetters.AddAsync(record, Group, reason, attempts, cancellationToken, channel: Read(record.Event)?.Channel);

    private static void Count(string channel, string result) => Messages.Add(1, new("channel", channel), new("result", result));

    private CallProgress? Find(LogRecord record)
    {
        if (!_calls.TryGetValue(record, out var call) && Read(record.Event) is var (channel, payload))
        {
            _calls.Add(record, call = new CallProgress(channel, payload));
        }

        return call;
    }

    /// <summary>Null when the message is dealt with, or how long to wait for a file of it.</summary>
    private async Task<TimeSpan?> TakeAsync(CallProgress call, IncomingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var sender = await contacts.FindOrCreateAsync(call.Channel, message, cancellationToken);
            if (!sender.IsActive)
            {
                // Disabling a user shuts this door too.
                Count(call.Channel, "blocked");
                return null;
            }

            if (await inbox.DeliverAsync(call, message, sender, cancellationToken) is { } wait)
            {
                return wait;
            }

            await addresses.NoteInboundAsync(call.Channel, message.Address, message.SentAt, cancellationToken);
            Count(call.Channel, "delivered");
        }
        catch (ChatException refused) when (refused.Error.Kind != ChatErrorKind.Unavailable)
        {
            Count(call.Channel, "refused");
            call.Refusal ??= refused.Error.Code;
        }

        return null;
    }

    private (string Channel, IncomingPayload Payload)? Read(LogEvent incoming)
    {
        try
        {
            var (channel, body) = IncomingCall.Read(incoming);
            return (channel, _payloads[channel].Read(body));
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
