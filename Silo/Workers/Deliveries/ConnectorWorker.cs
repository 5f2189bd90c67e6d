using System.Diagnostics;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>
/// Sends what one channel's topic asks for. The delivery's row decides whether there is anything left to do, so that a request that comes again, because a process died or the log
/// repeats it, is sent again only if the platform's answer was never recorded.
/// </summary>
internal sealed partial class ConnectorWorker(
    IChannelConnector connector,
    IDeliveryStore deliveries,
    IChannelAddressStore addresses,
    IGrainFactory grains,
    IDeadLetters deadLetters,
    DeliveryOptions options,
    TimeProvider time,
    ILogger<ConnectorWorker> log) : IKeyedHandler
{
    /// <summary>The group of every channel's worker.</summary>
    public const string GroupName = "connector";

    private const string NoAddress = "no_address";
    private const string InternalError = "internal_error";
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    private readonly string _channel = ChannelNames.Join(connector.Channel);

    public string Topic => Topics.Outgoing(connector.Channel);

    public string Group => GroupName;

    public int Concurrency => options.Concurrency;

    public int MaxInFlight => options.MaxInFlight;

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
            if ((await deliveries.FindMessagesAsync([message.MessageId], cancellationToken)).Count == 0)
            {
                return HandlingResult.GiveUp(ErrorCodes.MessageNotFound);
            }

            await deliveries.InsertAsync([new NewDelivery(message.MessageId, message.Recipient, _channel)], time.GetUtcNow(), cancellationToken);
        }
        else if (delivery.Status is not (MessageStatus.Accepted or MessageStatus.Failed) || (delivery.Status == MessageStatus.Failed && !isReplay))
        {
            return HandlingResult.Done;
        }

        var attempt = (delivery?.Attempts ?? 0) + 1;
        if (await AddressAsync(message, cancellationToken) is not { } addressed)
        {
            await NoteAsync(message, MessageStatus.Failed, time.GetUtcNow(), error: NoAddress);
            return HandlingResult.Done;
        }

        var began = time.GetUtcNow();
        var result = await SendAsync(addressed, cancellationToken);
        await NoteResultAsync(addressed, result, began, attempt, cancellationToken);
        return After(result);
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
            await NoteAsync(message, MessageStatus.Failed, time.GetUtcNow(), error: error);
        }
    }

    private static string ErrorOf(SendResult result) => result.Error ?? CodeOf(result.Outcome);

    private HandlingResult After(SendResult result) => result.Outcome switch
    {
        AttemptOutcome.Sent => HandlingResult.Done,
        AttemptOutcome.Throttled => HandlingResult.Wait(result.RetryAfter ?? DefaultWait),
        AttemptOutcome.Failed => HandlingResult.GiveUp(ErrorOf(result)),
        AttemptOutcome.Unknown when !options.RetryUnknownOutcome => HandlingResult.GiveUp(ErrorOf(result)),
        _ => HandlingResult.Retry(ErrorOf(result)),
    };

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

    /// <summary>
    /// Notes what the platform said, however long the store or the conversation's grain is away: the record is only dealt with by what was noted, and handling it anew would send the
    /// message once more. Asks each second, because the message's receipts wait only some seconds for this note.
    /// </summary>
    private async Task NoteResultAsync(OutgoingMessage message, SendResult result, DateTimeOffset began, int attempt, CancellationToken cancellationToken)
    {
        if (result.Outcome == AttemptOutcome.Throttled)
        {
            return;
        }

        var (status, error) = result.Outcome == AttemptOutcome.Sent ? (MessageStatus.InTransit, null) : (MessageStatus.Accepted, ErrorOf(result));
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await NoteAsync(message, status, began, result.ExternalId, error, attempt);
                return;
            }
            catch (Exception away) when (away is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
            {
                if (isFirst)
                {
                    LogNotNoted(log, message.DeliveryId, CodeOf(result.Outcome), away);
                }
            }

            await Task.Delay(RetrySchedule.After(failures: 1), time, cancellationToken);
        }
    }

    /// <summary>Tells the conversation. One that the store does not have, because an older backup of it was restored, keeps no notes.</summary>
    private async Task NoteAsync(OutgoingMessage message, MessageStatus status, DateTimeOffset at, string? externalId = null, string? error = null, int attempts = 0)
    {
        var update = new DeliveryUpdate
        {
            MessageId = message.MessageId,
            Recipient = message.Recipient,
            Channel = _channel,
            Status = status,
            At = at,
            ExternalId = externalId,
            Error = error,
            Attempts = attempts,
            TraceParent = Telemetry.RecordedTrace,
        };
        try
        {
            await grains.GetGrain<IConversationGrain>(message.ConversationId).RecordDeliveries([update], CancellationToken.None);
        }
        catch (ChatException unknown) when (unknown.Error.Kind == ChatErrorKind.NotFound)
        {
            LogUnknownConversation(log, message.DeliveryId);
        }
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

    [LoggerMessage(341, LogLevel.Warning, "Delivery {DeliveryId}: that it is {Outcome} could not be noted; it is tried again, and nothing is sent before")]
    private static partial void LogNotNoted(ILogger log, string deliveryId, string outcome, Exception away);

    [LoggerMessage(342, LogLevel.Warning, "Delivery {DeliveryId} is of a conversation that the store does not have")]
    private static partial void LogUnknownConversation(ILogger log, string deliveryId);
}
