using Chat4All.Infrastructure.Connectors.Graph;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>What the Cloud API's error codes mean for a message: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes.</summary>
internal static class WhatsAppErrors
{
    /// <param name="pairInterval">What a recipient is left alone for when the platform says no time.</param>
    public static Verdict Meaning(GraphError error, TimeSpan pairInterval) => error.Code switch
    {
        // Too many messages of this number, and the number being moved to a higher limit.
        130429 => error.Throttled(TimeSpan.FromSeconds(1)),
        131057 => error.Throttled(TimeSpan.FromSeconds(30)),

        // Too many from this number to this recipient.
        131056 => Verdict.RecipientThrottled(error.RetryAfter ?? Max(pairInterval, TimeSpan.FromSeconds(1))),

        131047 => Verdict.Failed("outside_window"),
        131026 or 130472 or 131049 => Verdict.Failed("recipient_unavailable"),
        131050 => Verdict.Failed("recipient_opted_out"),
        131030 => Verdict.Failed("recipient_not_allowed"),
        131021 or 131045 or 133010 => Verdict.Failed("invalid_address"),
        131031 or 131048 => Verdict.Failed("sender_restricted"),
        131042 => Verdict.Failed("payment_required"),
        131051 or 131008 or 131009 => Verdict.Failed("invalid_request"),
        131052 or 131053 => Verdict.Failed("media_refused"),
        >= 132000 and <= 132099 => Verdict.Failed("template_refused"),
        131005 => Verdict.Retry("permission_denied"),
        131000 or 131016 or 133004 => Verdict.Retry("platform_error"),
        _ => error.Common(),
    };

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
