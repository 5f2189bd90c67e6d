using Chat4All.Frontend.Operations.Docs;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/webhooks</c>.</summary>
internal static class WebhooksEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = ActivatorUtilities.CreateInstance<Webhooks>(routes.ServiceProvider);
        var group = routes.MapGroup("/v1/webhooks").WithTags("Webhooks");
        group.MapPost("", webhooks.CreateAsync).Reads(typeof(WebhookRequest)).Answers(StatusCodes.Status201Created, typeof(WebhookAnswer))
            .WithName("createWebhook").WithSummary("Has events of the caller's conversations posted to an address; the secret is shown this once.");
        group.MapGet("", webhooks.ListAsync).TakesPage().Answers(StatusCodes.Status200OK, typeof(WebhookList))
            .WithName("listWebhooks").WithSummary("The caller's webhooks.");
        group.MapGet("/{webhook_id}", webhooks.GetAsync).Answers(StatusCodes.Status200OK, typeof(WebhookAnswer))
            .WithName("getWebhook").WithSummary("One webhook of the caller's.");
        group.MapDelete("/{webhook_id}", webhooks.DeleteAsync).Answers(StatusCodes.Status204NoContent)
            .WithName("deleteWebhook").WithSummary("Ends a webhook; its calls that wait are dropped.");
        group.MapPost("/{webhook_id}/test", webhooks.TestAsync).Answers(StatusCodes.Status200OK, typeof(WebhookTestAnswer))
            .WithName("testWebhook").WithSummary("Posts one `webhook.test` now and says what the receiver answered.");
    }
}
