using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.Graph;

/// <summary>What the Send API's error codes mean for a message: https://developers.facebook.com/docs/messenger-platform/error-codes.</summary>
internal static class GraphMessagingErrors
{
    /// <summary>The subcode says more than the code, where there is one.</summary>
    public static Verdict Meaning(GraphError error) => (error.Code, error.Subcode) switch
    {
        // Messenger's, its older subscription rule's, and Instagram's window.
        (10, 2018278 or 2018065 or 2534022) => Verdict.Failed("outside_window"),
        (_, 1545041 or 2018108) or (551, _) => Verdict.Failed("recipient_unavailable"),
        (_, 2018001 or 2534014) => Verdict.Failed("invalid_address"),
        (_, 2018007 or 2018008 or 2018047) => Verdict.Failed("media_refused"),
        (2022, _) => Verdict.Failed("sender_restricted"),
        _ => error.Common(),
    };
}
