using System.Text.Json;
using Chat4All.Frontend.Api;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;
using Orleans;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>Takes messages that come by socket, under the same rules and from the same bucket as those that come by REST.</summary>
internal sealed class MessageIntake(IGrainFactory grains, MessageRateLimiter limiter, TimeProvider time)
{
    /// <summary>Accepts one message; completes when it is durable. Throws <see cref="ChatException"/>.</summary>
    /// <param name="message">The JSON object of POST /v1/messages.</param>
    public ValueTask<SendReceipt> SendAsync(Caller caller, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var request = Parse(caller, message.Span);
        var decision = limiter.TryTake(caller.UserId, 1);
        if (!decision.Allowed)
        {
            throw new ChatException(new ChatError(ChatErrorKind.Unavailable, ErrorCodes.RateLimited, $"At most {decision.Limit} messages a minute are allowed.")
            {
                RetryAfterSeconds = decision.RetryAfterSeconds,
            });
        }

        return grains.GetGrain<IConversationGrain>(request.ConversationId).Send(request.Message, cancellationToken);
    }

    private MessageRequest Parse(Caller caller, ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            throw ChatException.Invalid(ErrorCodes.ValidationFailed, "data is required.", "data");
        }

        try
        {
            var errors = new FieldErrors();
            var json = JsonText.Open(message);
            var request = MessageRequest.Read(ref json, message, new Sender(caller.UserId, caller.Username, caller.Name), null, time, errors);
            return errors.Any ? throw new ChatException(errors.ToError()) : request!.Value;
        }
        catch (JsonException)
        {
            throw ChatException.Invalid(ErrorCodes.MalformedJson, "data is not a message.", "data");
        }
    }
}
