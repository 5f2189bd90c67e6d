using System.Security.Cryptography;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Chat4All.Grains.Webhooks;
using Microsoft.Extensions.Options;

namespace Chat4All.Frontend.Api;

/// <summary>The caller's webhooks.</summary>
internal sealed class Webhooks(IWebhookStore store, IWebhookCaller caller, IOptions<WebhookOptions> options, TimeProvider time)
{
    private static readonly WebhooksJson Json = WebhooksJson.Default;

    public async Task CreateAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, Json.WebhookRequest);
        var (url, events) = WebhookRules.Check(request);
        if (await caller.FindFaultAsync(url, context.RequestAborted) is { } fault)
        {
            var errors = new FieldErrors();
            errors.Add("url", fault);
            errors.ThrowIfAny();
        }

        var webhook = new Webhook
        {
            WebhookId = Ids.New(time),
            UserId = context.Caller().UserId,
            Url = url.AbsoluteUri,
            Events = events,
            Secret = request.Secret ?? RandomNumberGenerator.GetHexString(64, lowercase: true),
            CreatedAt = time.GetUtcNow(),
        };
        if (!await store.CreateAsync(webhook, options.Value.MaxPerUser, context.RequestAborted))
        {
            throw ChatException.Conflict("too_many_webhooks", $"A user may have {options.Value.MaxPerUser} webhooks.");
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = $"/v1/webhooks/{webhook.WebhookId}";
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, WebhookAnswer.Of(webhook, webhook.Secret), Json.WebhookAnswer);
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Page.Read(context.Request);
        var found = await store.ListAsync(context.Caller().UserId, page.Cursor, page.Offset, page.Limit, context.RequestAborted);
        var next = found.Count == page.Limit ? Paging.Encode(found[^1].WebhookId) : null;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new WebhookList([.. found.Select(static w => WebhookAnswer.Of(w))], next), Json.WebhookList);
    }

    public async Task GetAsync(HttpContext context) =>
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, WebhookAnswer.Of(await FindAsync(context)), Json.WebhookAnswer);

    public async Task DeleteAsync(HttpContext context)
    {
        if (!await store.DeleteAsync(context.Caller().UserId, IdOf(context), context.RequestAborted))
        {
            throw NoSuchWebhook();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>One call at once, past the queue, without retries.</summary>
    public async Task TestAsync(HttpContext context)
    {
        var webhook = await FindAsync(context);
        var now = time.GetUtcNow();
        var id = Ids.New(time);
        var data = EventJson.Write(webhook, static (json, w) => json.WriteString("webhook_id"u8, w.WebhookId));
        var call = new WebhookCall(CallIds.Next(now), webhook.WebhookId, id, WebhookEvents.Test, WebhookEvents.Body(id, WebhookEvents.Test, now, data), now);
        var answer = await caller.CallAsync(webhook.Url, webhook.Secret, call, context.RequestAborted);
        var result = new WebhookTestAnswer(id, answer.Error is null, answer.Status, answer.Error, (long)answer.Duration.TotalMilliseconds);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, result, Json.WebhookTestAnswer);
    }

    private static string IdOf(HttpContext context) =>
        context.GetRouteValue("webhook_id") is string id && Ids.IsValid(id) ? id : throw NoSuchWebhook();

    private static ChatException NoSuchWebhook() => ChatException.NotFound("webhook_not_found", "There is no such webhook.");

    private async Task<Webhook> FindAsync(HttpContext context) =>
        await store.FindAsync(context.Caller().UserId, IdOf(context), context.RequestAborted) ?? throw NoSuchWebhook();
}
