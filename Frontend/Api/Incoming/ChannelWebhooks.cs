using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Incoming;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>
/// The door for the platforms' calls: proves where a body comes from, puts it into the event log, one event a message or report, and answers. What it says is a worker's business.
/// </summary>
internal sealed partial class ChannelWebhooks(
    ChannelWebhookOptions options, IEventLog eventLog, IEnumerable<IIncomingPayloads> payloads, TimeProvider time, ILogger<ChannelWebhooks> log)
{
    private static readonly Counter<long> Calls = Telemetry.Meter.CreateCounter<long>(
        "chat4all_channel_webhooks_total", description: "Calls of the platforms' webhooks, by channel and what became of them.");

    private readonly Dictionary<string, IIncomingPayloads> _payloads = payloads.ToDictionary(static p => p.Channel, StringComparer.Ordinal);

    /// <summary>Meta's verification: the challenge goes back to whoever knows the token.</summary>
    public async Task HandshakeAsync(HttpContext context, string channel)
    {
        var query = context.Request.Query;
        if (Meta(channel).VerifyToken is not { Length: > 0 } expected)
        {
            await RefuseUnconfiguredAsync(context, channel);
        }
        else if (query["hub.mode"] == "subscribe" && WebhookSignature.IsSame(query["hub.verify_token"].ToString(), expected))
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(query["hub.challenge"].ToString(), context.RequestAborted);
        }
        else
        {
            Count(channel, "bad_token");
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, "bad_verify_token", "This is not the verify token of this channel.");
        }
    }

    /// <summary>A notification of a Meta platform.</summary>
    public async Task ReceiveMetaAsync(HttpContext context, string channel)
    {
        if (Meta(channel).AppSecret is not { Length: > 0 } secret)
        {
            await RefuseUnconfiguredAsync(context, channel);
            return;
        }

        var body = await ReadAsync(context);
        var accepted = WebhookSignature.IsValid(context.Request.Headers["X-Hub-Signature-256"].ToString(), secret, body);
        await (accepted ? AcceptAsync(context, channel, body) : RefuseSignatureAsync(context, channel));
    }

    /// <summary>An update of Telegram, which proves itself by the secret alone.</summary>
    public async Task ReceiveTelegramAsync(HttpContext context)
    {
        const string channel = "telegram";
        if (options.Telegram.WebhookSecret is not { Length: > 0 } secret)
        {
            await RefuseUnconfiguredAsync(context, channel);
            return;
        }

        var accepted = WebhookSignature.IsSame(context.Request.Headers["X-Telegram-Bot-Api-Secret-Token"].ToString(), secret);
        await (accepted ? AcceptAsync(context, channel, await ReadAsync(context)) : RefuseSignatureAsync(context, channel));
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var pipe = context.Request.BodyReader;
        while (true)
        {
            var result = await pipe.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                pipe.AdvanceTo(result.Buffer.End);
                return body;
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static Task RefuseUnconfiguredAsync(HttpContext context, string channel)
    {
        Count(channel, "not_configured");
        return Problems.WriteAsync(
            context, new ChatError(ChatErrorKind.Unavailable, "channel_not_configured", "No secret is set for this channel's webhook.") { RetryAfterSeconds = 60 });
    }

    private static Task RefuseSignatureAsync(HttpContext context, string channel)
    {
        Count(channel, "bad_signature");
        return Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, "bad_signature", "The call is not signed with this channel's secret.");
    }

    private static void Count(string channel, string result) => Calls.Add(1, new("channel", channel), new("result", result));

    private async Task AcceptAsync(HttpContext context, string channel, byte[] body)
    {
        // Not the caller's token: a platform that hangs up must not leave half a decision.
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.IncomingTimeoutMilliseconds), time);
        try
        {
            var now = time.GetUtcNow();
            LogEvent[] events = [.. Split(channel, body).Select(part => IncomingCall.ToEvent(channel, part.Key ?? channel, part.Body, now))];
            await eventLog.AppendAsync(Topics.ChannelIncoming, events, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception refused) when (refused is not OutOfMemoryException)
        {
            LogRefused(log, channel, refused);
            Count(channel, "refused");
            await Problems.WriteAsync(context, new ChatError(ChatErrorKind.Unavailable, ErrorCodes.StoreUnavailable, "The call cannot be kept now; call again."));
            return;
        }

        Count(channel, "accepted");
        context.Response.ContentLength = 0;
    }

    /// <summary>What nobody understands goes as it is, under the channel's key.</summary>
    private IReadOnlyList<IncomingPart> Split(string channel, byte[] body)
    {
        try
        {
            return _payloads[channel].Split(body);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            return [new IncomingPart(null, body)];
        }
    }

    private MetaWebhookOptions Meta(string channel) => channel switch
    {
        "whatsapp" => options.WhatsApp,
        "instagram" => options.Instagram,
        _ => options.Messenger,
    };

    [LoggerMessage(1111, LogLevel.Warning, "A call of {Channel} could not be put into the event log")]
    private static partial void LogRefused(ILogger log, string channel, Exception refused);
}
