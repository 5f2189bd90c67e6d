using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>What a client is told of a failed operation. Nothing of an unexpected failure leaves the process.</summary>
internal sealed partial class OperationErrors(ILogger<OperationErrors> logger)
{
    /// <summary>The error to answer.</summary>
    public ChatError Of(Exception failed)
    {
        switch (failed)
        {
            case ChatException refused:
                return refused.Error;
            case StoreUnavailableException:
                LogUnavailable(logger, failed);
                return new ChatError(ChatErrorKind.Unavailable, ErrorCodes.StoreUnavailable, "The store cannot be reached; nothing was written.");
            case CommitOutcomeUnknownException or TimeoutException:
                LogUnavailable(logger, failed);
                return ProblemsOfExceptions.OutcomeUnknown();
            default:
                LogUnexpected(logger, failed);
                return new ChatError(ChatErrorKind.Invalid, ProblemCodes.InternalError, "Something went wrong here.");
        }
    }

    [LoggerMessage(3106, LogLevel.Warning, "The store did not answer a socket's request")]
    private static partial void LogUnavailable(ILogger logger, Exception failed);

    [LoggerMessage(3107, LogLevel.Error, "A socket's request failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception failed);
}
