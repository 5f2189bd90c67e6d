using System.Security.Cryptography;
using System.Text;

namespace Chat4All.Silo.Workers.Incoming;

/// <summary>Ids that follow from what a platform said, so that a call that comes twice writes nothing twice. Hashed, because no address may show in an id.</summary>
internal static class IncomingIds
{
    /// <summary>Of one message of ours. A platform's message with files becomes several.</summary>
    public static string Message(string channel, string externalId, string? part) => $"{channel}.{Hash(externalId, 20)}{(part is null ? "" : $".{part}")}";

    /// <summary>Of the user that an unknown sender becomes.</summary>
    public static string Contact(string channel, string address) => $"contact.{Hash($"{channel}:{address}", 16)}";

    /// <summary>Of the private conversation of two users, unless they have one already.</summary>
    public static string Conversation(string userId, string inboxUser) => $"inbox.{Hash($"{userId}|{inboxUser}", 16)}";

    /// <summary>Of a file: a UUID as all files have, of the version for those made in a way of one's own (RFC 9562, section 5.8).</summary>
    public static string File(string messageId)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0f) | 0x80);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        return new Guid(id, bigEndian: true).ToString();
    }

    private static string Hash(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
