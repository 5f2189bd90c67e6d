using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains;

/// <summary>Turns store failures into the errors that callers of grains know: the stores' own exceptions never leave a silo.</summary>
internal static class StoreErrors
{
    public static async Task<T> Translated<T>(this Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            throw Refusal(cause);
        }
    }

    public static async Task Translated(this Task call)
    {
        try
        {
            await call;
        }
        catch (Exception cause) when (cause is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            throw Refusal(cause);
        }
    }

    /// <summary>The error for a store failure. Without its cause, whose type a client in another process may not know.</summary>
    public static ChatException Refusal(Exception cause) => cause is CommitOutcomeUnknownException
        ? ChatException.Unavailable(ErrorCodes.OutcomeUnknown, "It is not known whether the change was stored. Send it again with the same id.")
        : ChatException.Unavailable(ErrorCodes.StoreUnavailable, "The store is not available.");
}
