using System.Diagnostics;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>
/// Sends what one channel's topic asks for. The delivery's row decides whether there is anything left to do, so that a request that comes again, because a process died or the log
/// repeats it, is sent again only if the platform's answer was never recorded.
/// </summary>
internal sealed class ConnectorWorker(
    IChannelConnector connector,
    IDeliveryStore deliveries,
    IChannelAddressStore addresses,
    IGrainFactory grains,
    IDeadLetters deadLetters,
    DeliveryOptions options,
    TimeProvider time) : IKeyedHandler
{
    private const string NoAddress = "no_address";
    private const string InternalError = "internal_error";
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoteAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly string _channel = ChannelNames.Join(connector.Channel);

    public string Topic => Topics.Outgoing(connector.Channel);

    public string Group => "connector";

    public int Concurrency => options.Concurrency;

    public async Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
    {
        OutgoingMessage message;
        bool isReplay;
        try
        {
            (message, _, isReplay) = DeliveryRequest.Read(record.Event);
        }
        catch (JsonException)
        {
            return HandlingResult.GiveUp("malformed_event");
        }

        var delivery = await deliveries.FindAsync(message.MessageId, message.Recipient, _channel, cancellationToken);
        if (delivery is null)
        {
            await deliveries.InsertAsync([new NewDelivery(message.MessageId, message.Recipient, _channel)], time.GetUtcNow(), cancellationToken);
        }
        else if (delivery.Status is not (MessageStatus.Accepted or MessageStatus.Failed) || (delivery.Status == MessageStatus.Failed && !isReplay))
        {
            return HandlingResult.Done;
        }

        var attempt = (delivery?.Attempts ?? 0) + 1;
        if (await AddressAsync(message, cancellationToken) is not { } addressed)
        {
            await NoteAsync(message, MessageStatus.Failed, error: NoAddress);
            return HandlingResult.Done;
        }

        return await HandleAsync(addressed, await SendAsync(addressed, cancellationToken), attempt, cancellationToken);
    }

    public async Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken)
    {
        OutgoingMessage? message = null;
        try
        {
            (message, _, _) = DeliveryRequest.Read(record.Event);
        }
        catch (JsonException)
        {
            // Then there is no delivery to tell of it.
        }

        var error = IsCode(reason) ? reason : InternalError;
        await deadLetters.AddAsync(record, Group, error, attempts, cancellationToken, message?.Recipient, _channel);
        if (message is not null)
        {
            await NoteAsync(message, MessageStatus.Failed, error: error);
        }
    }

    private async Task<HandlingResult> HandleAsync(OutgoingMessage message, SendResult result, int attempt, CancellationToken cancellationToken)
    {
        var error = result.Error ?? CodeOf(result.Outcome);
        switch (result.Outcome)
        {
            case AttemptOutcome.Sent:
                await NoteSentAsync(message, result.ExternalId, attempt, cancellationToken);
                return HandlingResult.Done;
            case AttemptOutcome.Throttled:
                return HandlingResult.Wait(result.RetryAfter ?? DefaultWait);
            case AttemptOutcome.Failed:
                await NoteAsync(message, MessageStatus.Accepted, error: error, attempts: attempt);
                return HandlingResult.GiveUp(error);
            case AttemptOutcome.Unknown when !options.RetryUnknownOutcome:
                await NoteAsync(message, MessageStatus.Accepted, error: error, attempts: attempt);
                return HandlingResult.GiveUp(error);
            default:
                await NoteAsync(message, MessageStatus.Accepted, error: error, attempts: attempt);
                return HandlingResult.Retry(error);
        }
    }

    private async Task<OutgoingMessage?> AddressAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        return await addresses.FindAsync([message.Recipient], _channel, cancellationToken) is [var linked, ..]
            ? message with { Address = linked.Address, LastInboundAt = linked.LastInboundAt }
            : connector.TakesUserIds ? message with { Address = message.Recipient }
            : null;
    }

    private async Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Activities.StartActivity($"send {_channel}", ActivityKind.Client);
        var result = await connector.SendAsync(message, cancellationToken);
        span?.SetTag("chat4all.outcome", CodeOf(result.Outcome));
        if (result.Outcome != AttemptOutcome.Sent)
        {
            span?.SetStatus(ActivityStatusCode.Error, result.Error);
        }

        return result;
    }

    /// <summary>The platform has the message: this is noted however long the store is away, for another attempt would send it once more.</summary>
    private async Task NoteSentAsync(OutgoingMessage message, string? externalId, int attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await NoteAsync(message, MessageStatus.InTransit, externalId, attempts: attempt);
                return;
            }
            catch (ChatException away) when (away.Error.Kind == ChatErrorKind.Unavailable)
            {
                await Task.Delay(NoteAgainAfter, time, cancellationToken);
            }
        }
    }

    private async Task NoteAsync(OutgoingMessage message, MessageStatus status, string? externalId = null, string? error = null, int attempts = 0)
    {
        var update = new DeliveryUpdate
        {
            MessageId = message.MessageId,
            Recipient = message.Recipient,
            Channel = _channel,
            Status = status,
            At = time.GetUtcNow(),
            ExternalId = externalId,
            Error = error,
            Attempts = attempts,
            TraceParent = Activity.Current is { Recorded: true } activity ? activity.Id : null,
        };
        await grains.GetGrain<IConversationGrain>(message.ConversationId).RecordDeliveries([update], CancellationToken.None);
    }

    /// <summary>Whether a reason is a code that may stand in a delivery; the text of an exception is not.</summary>
    private static bool IsCode(string reason) => reason.Length is > 0 and <= 64 && reason.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    private static string CodeOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Sent => "sent",
        AttemptOutcome.Retry => "temporary_failure",
        AttemptOutcome.Failed => "refused",
        AttemptOutcome.Throttled => "throttled",
        _ => "outcome_unknown",
    };
}
