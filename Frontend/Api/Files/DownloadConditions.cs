using Microsoft.Net.Http.Headers;

namespace Chat4All.Frontend.Api.Files;

/// <summary>What a request for a content demands of it (RFC 9110, sections 13 and 14).</summary>
internal static class DownloadConditions
{
    /// <summary>More than a client that seeks in a video or a document needs; beyond it the whole file is served.</summary>
    private const int MaxRanges = 16;

    public static bool IsNotModified(HttpRequest request, EntityTagHeaderValue tag, DateTimeOffset modified)
    {
        var headers = request.GetTypedHeaders();
        return headers.IfNoneMatch is { Count: > 0 } known
            ? known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false))
            : headers.IfModifiedSince is { } since && WholeSeconds(modified) <= since;
    }

    /// <summary>The stretches to serve: null for the whole, which is also the answer to what cannot be read; empty when no stretch lies in the file.</summary>
    public static IReadOnlyList<ByteRange>? Ranges(HttpRequest request, EntityTagHeaderValue tag, DateTimeOffset modified, long size)
    {
        var headers = request.GetTypedHeaders();
        if (!HttpMethods.IsGet(request.Method) || headers.Range is not { } asked || !asked.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || asked.Ranges.Count > MaxRanges)
        {
            return null;
        }

        if (headers.IfRange is { } condition
            && !(condition.EntityTag is { } entity ? entity.Compare(tag, useStrongComparison: true) : condition.LastModified == WholeSeconds(modified)))
        {
            return null;
        }

        var ranges = asked.Ranges.Select(range => Within(range, size)).Where(static range => range.Length > 0).ToArray();

        // Ranges that overlap would make a small request a large answer.
        return ranges.Sum(static range => range.Length) > size ? null : ranges;
    }

    private static ByteRange Within(RangeItemHeaderValue range, long size)
    {
        if (range.From is not { } from)
        {
            var last = Math.Min(range.To ?? 0, size);
            return new ByteRange(size - last, last);
        }

        return from >= size ? default : new ByteRange(from, Math.Min(range.To ?? long.MaxValue, size - 1) - from + 1);
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
}
