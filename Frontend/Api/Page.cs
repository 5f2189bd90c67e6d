using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api;

/// <summary>Which part of a list is asked for: <c>limit</c> (1 to 100, default 50), <c>offset</c>, and an opaque <c>cursor</c> that stays right while rows arrive.</summary>
/// <param name="Cursor">What <see cref="CursorOf"/> was given; null from the start.</param>
internal readonly record struct Page(int Limit, int Offset, string? Cursor)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 100;

    /// <summary>Reads the query; throws <c>validation_failed</c>.</summary>
    public static Page Read(HttpRequest request)
    {
        var limit = Number(request, "limit", DefaultLimit);
        var offset = Number(request, "offset", 0);
        var cursor = request.Query["cursor"].ToString();
        var text = cursor.Length == 0 ? null : Decode(cursor);
        new FieldErrors()
            .Check(limit is >= 1 and <= MaxLimit, "limit", $"must be 1 to {MaxLimit}")
            .Check(offset is >= 0, "offset", "must be 0 or more")
            .Check(cursor.Length == 0 || text is not null, "cursor", "is not one that this list gave out")
            .ThrowIfAny();
        return new Page(limit!.Value, offset!.Value, text);
    }

    /// <summary>An opaque cursor that says <paramref name="position"/>.</summary>
    public static string CursorOf(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(position));

    private static int? Number(HttpRequest request, string name, int otherwise) =>
        request.Query[name].ToString() is not { Length: > 0 } text ? otherwise
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    private static string? Decode(string cursor)
    {
        var bytes = new byte[cursor.Length];
        return cursor.Length <= 512 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }
}
