using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/channels/{channel}/webhook</c>, which the platforms call.</summary>
internal static class ChannelWebhooksEndpoints
{
    /// <summary>Meta gathers up to 3 MB in a call.</summary>
    private const int MaxBody = 4 * 1024 * 1024;

    public static void MapChannelWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = ActivatorUtilities.CreateInstance<ChannelWebhooks>(routes.ServiceProvider);
        var group = routes.MapGroup("/v1/channels").WithTags("Channels").AllowAnyone();
        foreach (var channel in new[] { "whatsapp", "instagram", "messenger" })
        {
            group.MapGet($"/{channel}/webhook", context => webhooks.HandshakeAsync(context, channel))
                .TakesQuery("hub.mode", typeof(string), "`subscribe`.").TakesQuery("hub.verify_token", typeof(string), "The channel's verify token.")
                .TakesQuery("hub.challenge", typeof(string), "Goes back as it came.")
                .Answers(StatusCodes.Status200OK).WithName($"{channel}Handshake").WithSummary("Meta's verification of the address.");
            group.MapPost($"/{channel}/webhook", context => webhooks.ReceiveMetaAsync(context, channel)).LimitBody(MaxBody)
                .Answers(StatusCodes.Status200OK).WithName($"{channel}Webhook").WithSummary("Messages and receipts, signed in `X-Hub-Signature-256`.");
        }

        group.MapPost("/telegram/webhook", webhooks.ReceiveTelegramAsync).LimitBody(MaxBody)
            .Answers(StatusCodes.Status200OK).WithName("telegramWebhook").WithSummary("Updates, with the secret in `X-Telegram-Bot-Api-Secret-Token`.");
    }
}
