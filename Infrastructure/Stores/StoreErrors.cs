using Chat4All.Grains.Abstractions;

namespace Chat4All.Infrastructure.Stores;

/// <summary>The refusals that both stores word alike.</summary>
internal static class StoreErrors
{
    public static ChatException UserNotFound() => ChatException.NotFound(ErrorCodes.UserNotFound, "A member does not exist.");

    public static ChatException NoSuchUser() => ChatException.NotFound(ErrorCodes.UserNotFound, "There is no such user.");

    public static ChatException AddressTaken() => ChatException.Conflict(ErrorCodes.ChannelAddressConflict, "The address belongs to another user.");

    public static ChatException ConversationIdTaken() => ChatException.Conflict(ErrorCodes.ConversationIdConflict, "The conversation id is taken.");

    public static ChatException UserIdTaken() => ChatException.Conflict(ErrorCodes.UserIdConflict, "The user id is taken.");

    public static ChatException UsernameTaken() => ChatException.Conflict(ErrorCodes.UsernameConflict, "The username is taken.");
}
