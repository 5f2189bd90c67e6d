using System.Text.Json;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Telegram;

/// <summary>What the Bot API's errors mean for a message. Below the code there is only a text: https://core.telegram.org/bots/api#making-requests.</summary>
internal static class TelegramErrors
{
    /// <summary>The meaning of an answer that is not ok, or null when it is none of Telegram's.</summary>
    public static Verdict? Meaning(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error_code", out var code) || !code.TryGetInt32(out var number))
        {
            return null;
        }

        var description = answer.TryGetProperty("description", out var text) ? text.GetString() ?? "" : "";
        return number switch
        {
            429 => TooFast(answer),
            401 or 404 => Verdict.Retry("credentials_refused"),
            403 => Verdict.Failed("recipient_unavailable"),
            400 => BadRequest(description),
            >= 500 => Verdict.Retry("platform_error"),
            _ => Verdict.Failed($"refused_{number}"),
        };
    }

    /// <summary>It does not say whether the chat or the bot was too fast: the chat is left alone as long as asked, everybody for a moment.</summary>
    private static Verdict TooFast(JsonElement answer)
    {
        var seconds = answer.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("retry_after", out var wait) ? wait.GetInt32() : 1;
        var pause = TimeSpan.FromSeconds(Math.Max(seconds, 1));
        return Verdict.RecipientThrottled(pause, senderPause: TimeSpan.FromSeconds(Math.Min(1, pause.TotalSeconds)));
    }

    private static Verdict BadRequest(string description)
    {
        bool Says(string part) => description.Contains(part, StringComparison.OrdinalIgnoreCase);
        return Says("chat not found") || Says("user not found") || Says("PEER_ID_INVALID") ? Verdict.Failed("invalid_address")
            : Says("upgraded to a supergroup") ? Verdict.Failed("chat_moved")
            : Says("not enough rights") || Says("have no rights") ? Verdict.Failed("recipient_unavailable")
            : Says("too long") ? Verdict.Failed("text_too_long")
            : Says("failed to get HTTP URL content") ? Verdict.Retry("media_unreachable", unhealthy: false)
            : Says("wrong file identifier") || Says("wrong type of the web page content") || Says("PHOTO_INVALID") ? Verdict.Failed("media_refused")
            : Verdict.Failed("invalid_request");
    }
}
