using System.Globalization;

namespace Chat4All.Frontend.Api;

/// <summary>Which part of a list is asked for: <c>limit</c> (1 to 100, default 50), <c>offset</c>, and an opaque <c>cursor</c>.</summary>
/// <param name="Cursor">What the cursor stands for; null from the start.</param>
internal readonly record struct Page(int Limit, int Offset, string? Cursor)
{
    /// <summary>Reads the query; throws <c>validation_failed</c>.</summary>
    public static Page Read(HttpRequest request)
    {
        var errors = new FieldErrors();
        var page = Read(request, errors);
        errors.ThrowIfAny();
        return page;
    }

    /// <summary>Reads the query, and adds what is wrong with it.</summary>
    public static Page Read(HttpRequest request, FieldErrors errors)
    {
        var (limit, offset) = Paging.Check(Number(request, "limit", errors), Number(request, "offset", errors), errors);
        var cursor = request.Query["cursor"].ToString();
        var position = Paging.Decode(cursor.Length > 0 ? cursor : null, errors);
        return new Page(limit, offset, position);
    }

    /// <summary>A whole number in the query; null when it is not there or, with a finding, when it is none.</summary>
    public static long? Number(HttpRequest request, string name, FieldErrors errors)
    {
        if (request.Query[name].ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        errors.Add(name, "must be a whole number");
        return null;
    }
}
