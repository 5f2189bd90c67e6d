using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Telegram;

/// <summary>A bot on Telegram. Limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.</summary>
internal sealed class TelegramOptions : PlatformOptions
{
    public TelegramOptions()
    {
        BaseUrl = "https://api.telegram.org";
        PerSecond = 30;
        RecipientInterval = TimeSpan.FromSeconds(1);

        // By link Telegram takes only some types, and only from public addresses.
        Media = "upload";
    }

    /// <summary>From @BotFather. <c>TELEGRAM_BOT_TOKEN</c>.</summary>
    public string BotToken { get; init; } = "";

    /// <summary>Time between two messages to one group or channel; 0 to 1 hour, default 3.5 s, with <see cref="GroupBurst"/> at most 20 in any minute.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromSeconds(3.5);

    /// <summary>Messages to one group at once after a rest; 1 to 20, default 3.</summary>
    public int GroupBurst { get; init; } = 3;

    public override IEnumerable<(string Property, string Problem)> Check()
    {
        var parts = BotToken.Split(':');
        if (parts.Length != 2 || parts[0].Length == 0 || !parts[0].All(char.IsAsciiDigit) || parts[1].Length == 0
            || !parts[1].All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            yield return (nameof(BotToken), "must be a bot's token: digits, a colon, letters and digits");
        }

        if (GroupInterval < TimeSpan.Zero || GroupInterval > TimeSpan.FromHours(1))
        {
            yield return (nameof(GroupInterval), "must be 0 to 1 hour");
        }

        if (GroupBurst is < 1 or > 20)
        {
            yield return (nameof(GroupBurst), "must be 1 to 20");
        }

        foreach (var finding in base.Check())
        {
            yield return finding;
        }
    }
}
