using System.Diagnostics.Metrics;
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
    IOptions<IncomingOptions> options, TimeProvider time)
    : IKeyedHandler
{
    /// <summary>How long an unknown receipt is waited for: the platform may be faster than our record of what was sent. Later it is about somebody else's message.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Counter<long> Messages = Telemetry.Meter.CreateCounter<long>(
        "chat4all_incoming_messages_total", description: "Messages that came in on the channels, by what became of them.");

    private readonly Dictionary<string, IIncomingPayloads> _payloads = payloads.ToDictionary(static p => p.Channel, StringComparer.Ordinal);

    public string Topic => Topics.ChannelIncoming;

    public string Group => "incoming";

    public int Concurrency => options.Value.IncomingConcurrency;

    public async Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (Read(record.Event) is not var (channel, payload))
        {
            return HandlingResult.GiveUp("unreadable");
        }

        // One message that cannot be taken must not keep the others of the same call out; it stands for the call as its dead letter.
        string? refusal = null;
        foreach (var message in payload.Messages)
        {
            var result = await TakeAsync(channel, message, cancellationToken);
            refusal ??= result;
        }

        return !await receipts.ReportAsync(payload, cancellationToken) && time.GetUtcNow() - record.Event.Time < Patience ? HandlingResult.Wait(TimeSpan.FromMilliseconds(500))
            : refusal is null ? HandlingResult.Done
            : HandlingResult.GiveUp(refusal);
    }

    public Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken) =>
        deadLetters.AddAsync(record, Group, reason, attempts, cancellationToken, channel: Read(record.Event)?.Channel);

    private static void Count(string channel, string result) => Messages.Add(1, new("channel", channel), new("result", result));

    /// <summary>Null, or why the message cannot be taken.</summary>
    private async Task<string?> TakeAsync(string channel, IncomingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var sender = await contacts.FindOrCreateAsync(channel, message, cancellationToken);
            if (!sender.IsActive)
            {
                // Disabling a user shuts this door too.
                Count(channel, "blocked");
                return null;
            }

            await inbox.DeliverAsync(channel, message, sender, cancellationToken);
            await addresses.NoteInboundAsync(channel, message.Address, message.SentAt, cancellationToken);
            Count(channel, "delivered");
            return null;
        }
        catch (ChatException refused) when (refused.Error.Kind != ChatErrorKind.Unavailable)
        {
            Count(channel, "refused");
            return refused.Error.Code;
        }
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
