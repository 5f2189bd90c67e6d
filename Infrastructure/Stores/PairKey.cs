using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>What makes a private conversation unique: both ids in order, with a separator that no id may hold.</summary>
internal static class PairKey
{
    /// <summary>Null for groups.</summary>
    public static string? Of(NewConversation conversation)
    {
        if (conversation.Type != ConversationType.Private)
        {
            return null;
        }

        var (one, other) = (conversation.Members[0], conversation.Members[1]);
        return string.CompareOrdinal(one, other) < 0 ? $"{one}|{other}" : $"{other}|{one}";
    }
}
