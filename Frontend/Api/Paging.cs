using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary>The paging parameters that lists share. Cursors are opaque to clients and stay right while rows arrive.</summary>
internal static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 100;

    /// <summary>Checks <c>limit</c> and <c>offset</c>.</summary>
    public static (int Limit, int Offset) Check(long? limit, long? offset, FieldErrors errors)
    {
        if (limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", $"must be 1 to {MaxLimit}");
        }

        if (offset is < 0 or > 1_000_000)
        {
            errors.Add("offset", "must be 0 to 1000000");
        }

        return ((int)(limit ?? DefaultLimit), (int)(offset ?? 0));
    }

    public static string Encode(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(position));

    /// <summary>The text of a cursor, or null with a finding when it is none of ours.</summary>
    public static string? Decode(string? cursor, FieldErrors errors)
    {
        if (cursor is null)
        {
            return null;
        }

        if (cursor.Length <= 256 && Base64Url.IsValid(cursor))
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }

        errors.Add("cursor", "is not a cursor of this list");
        return null;
    }

    /// <summary>The cursor behind a conversation of the list.</summary>
    public static string Encode(ListPosition position) =>
        Encode(string.Create(CultureInfo.InvariantCulture, $"{position.LastActivityAt.UtcTicks}/{position.ConversationId}"));

    /// <summary>Reads what a cursor of a list by time and id stands for.</summary>
    public static ListPosition? ParsePosition(string? text, FieldErrors errors)
    {
        if (text is null)
        {
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0
            && long.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.UtcTicks)
        {
            return new ListPosition(new DateTimeOffset(ticks, TimeSpan.Zero), text[(slash + 1)..]);
        }

        errors.Add("cursor", "is not a cursor of this list");
        return null;
    }
}
