using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Conversations;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Frontend.Api;

/// <summary>Sending and looking at messages.</summary>
internal static class MessagesApi
{
    private const int MaxMessageBody = 256 * 1024;
    private const int MaxBatchBody = 16 * 1024 * 1024;

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        var messages = app.MapGroup("/v1/messages").WithTags("Messages");
        messages.MapPost("", (RequestDelegate)SendAsync)
            .WithMetadata(((RequestDelegate)SendAsync).Method).LimitBody(MaxMessageBody).WithoutRequestLimit()
            .Reads(typeof(MessageShape))
            .WithName("SendMessage").WithSummary("Accepts a message: 202 once it is durable.")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(AcceptedMessage), ["application/json"]));
        messages.MapPost("/batch", (RequestDelegate)SendBatchAsync)
            .WithMetadata(((RequestDelegate)SendBatchAsync).Method).LimitBody(MaxBatchBody).WithoutRequestLimit()
            .Reads(typeof(BatchShape))
            .WithName("SendMessages").WithSummary("Accepts up to 500 messages; each has its own result, in order.")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(BatchAnswer), ["application/json"]));
        messages.MapGet("/{messageId}", FindAsync)
            .WithName("GetMessage").WithSummary("One message, for members of its conversation.");
        messages.MapGet("/{messageId}/deliveries", ListDeliveriesAsync)
            .WithName("ListDeliveries").WithSummary("How far each delivery of a message has come.");
    }

    /// <summary>The hot path: no binding, no reflection, the body parsed where it lies.</summary>
    private static async Task SendAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var request = await RequestBody.ReadAsync(context, Parse);
        if (Refuses(context, 1) is { } refusal)
        {
            await refusal;
            return;
        }

        var receipt = await services.GetRequiredService<IGrainFactory>()
            .GetGrain<IConversationGrain>(request.ConversationId)
            .Send(request.Message, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, AcceptedMessage.From(receipt), ConversationJson.Default.AcceptedMessage);
    }

    private static async Task SendBatchAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var batch = await RequestBody.ReadAsync(context, MessageBatch.Parse);
        batch.RequireAtMost(services.GetRequiredService<MessageRateLimiter>().MostAtOnce);
        if (Refuses(context, batch.Count) is { } refusal)
        {
            await refusal;
            return;
        }

        var results = await batch.SendAsync(services.GetRequiredService<IGrainFactory>(), context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, new BatchAnswer(results), ConversationJson.Default.BatchAnswer);
    }

    /// <summary>Takes messages from the caller's bucket, which sockets share; the 429 when it is empty.</summary>
    private static Task? Refuses(HttpContext context, int messages)
    {
        var decision = context.RequestServices.GetRequiredService<MessageRateLimiter>().TryTake(context.Caller().UserId, messages);
        if (!decision.Allowed)
        {
            return Problems.WriteRateLimitedAsync(context, decision);
        }

        decision.WriteTo(context.Response.Headers);
        return null;
    }

    private static MessageRequest Parse(HttpContext context, ReadOnlySpan<byte> body)
    {
        var errors = new FieldErrors();
        var caller = context.Caller();
        var json = JsonText.Open(body);
        var idempotencyKey = context.Request.Headers.TryGetValue("Idempotency-Key", out var key) ? key.ToString() : null;
        var request = MessageRequest.Read(
            ref json, body, new Sender(caller.UserId, caller.Username, caller.Name), idempotencyKey, TimeProvider.System, errors);
        errors.ThrowIfAny();
        JsonText.RequireEnd(ref json);
        return request!.Value;
    }

    private static async Task<IResult> FindAsync(string messageId, HttpContext context, IConversationReader reader, CancellationToken cancellationToken)
    {
        var (message, conversation) = await FindVisibleAsync(messageId, context.Caller().UserId, reader, cancellationToken);
        var deliveries = await reader.ListDeliveriesAsync([messageId], cancellationToken);
        return TypedResults.Ok(MessageAnswer.Of(message, MessageStatusRules.Derive(message, conversation.Members), deliveries));
    }

    private static async Task<IResult> ListDeliveriesAsync(string messageId, HttpContext context, IConversationReader reader, CancellationToken cancellationToken)
    {
        await FindVisibleAsync(messageId, context.Caller().UserId, reader, cancellationToken);
        var deliveries = await reader.ListDeliveriesAsync([messageId], cancellationToken);
        return TypedResults.Ok(new DeliveryList([.. deliveries.Select(DeliveryAnswer.From)], null));
    }

    /// <summary>The message and its conversation. Whoever is no member learns nothing, not even that the id is taken.</summary>
    private static async Task<(StoredMessage Message, ConversationRecord Conversation)> FindVisibleAsync(
        string messageId, string callerId, IConversationReader reader, CancellationToken cancellationToken)
    {
        if (Ids.IsValid(messageId)
            && await reader.FindMessageAsync(messageId, cancellationToken) is { } message
            && await reader.FindAsync(message.ConversationId, cancellationToken) is { } conversation
            && conversation.Members.Any(member => member.UserId == callerId))
        {
            return (message, conversation);
        }

        throw ChatException.NotFound(ErrorCodes.MessageNotFound, "There is no such message.");
    }
}
