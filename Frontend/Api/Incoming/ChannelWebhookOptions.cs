using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Api;

/// <summary>What proves that a webhook call comes from its platform. Section <c>Channels</c>, which also holds the connectors' settings. Without a secret a channel's webhook answers 503.</summary>
internal sealed record ChannelWebhookOptions : ISettings
{
    public static string Section => "Channels";

    /// <summary><c>WHATSAPP_APP_SECRET</c>, <c>WHATSAPP_VERIFY_TOKEN</c>.</summary>
    public MetaWebhookOptions WhatsApp { get; init; } = new();

    /// <summary><c>INSTAGRAM_APP_SECRET</c>, <c>INSTAGRAM_VERIFY_TOKEN</c>.</summary>
    public MetaWebhookOptions Instagram { get; init; } = new();

    /// <summary><c>MESSENGER_APP_SECRET</c>, <c>MESSENGER_VERIFY_TOKEN</c>.</summary>
    public MetaWebhookOptions Messenger { get; init; } = new();

    public TelegramWebhookOptions Telegram { get; init; } = new();

    /// <summary>Longest wait for the event log, in milliseconds; past it the platform gets 503 and calls again. 50 to 10,000, default 800.</summary>
    public int IncomingTimeoutMilliseconds { get; init; } = 800;

    public IEnumerable<(string Property, string Problem)> Check()
    {
        if (IncomingTimeoutMilliseconds is < 50 or > 10_000)
        {
            yield return (nameof(IncomingTimeoutMilliseconds), "must be 50 to 10000");
        }

        if (Telegram.WebhookSecret.Length > 256 || Telegram.WebhookSecret.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
        {
            yield return ("Telegram:WebhookSecret", "must have at most 256 letters, digits, _ and -, which is all that Telegram takes");
        }
    }
}

/// <summary>Of one Meta app.</summary>
internal sealed record MetaWebhookOptions
{
    /// <summary>The app's secret, with which Meta signs each body.</summary>
    public string AppSecret { get; init; } = "";

    /// <summary>The token that is typed into Meta's form when the webhook is set up.</summary>
    public string VerifyToken { get; init; } = "";
}

internal sealed record TelegramWebhookOptions
{
    /// <summary>The <c>secret_token</c> of <c>setWebhook</c>. <c>TELEGRAM_WEBHOOK_SECRET</c>.</summary>
    public string WebhookSecret { get; init; } = "";
}
