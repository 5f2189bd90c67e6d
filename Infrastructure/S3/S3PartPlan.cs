using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>A stretch of a source object.</summary>
internal readonly record struct S3Range(string Key, long Offset, long Length);

/// <summary>
/// How a multipart upload is put together: parts that the server copies, and, because it takes no part below 5 MiB but the last, parts that are uploaded from the ends of small pieces.
/// </summary>
/// <param name="Ranges">One range is copied by the server; several are read and uploaded together, 5 MiB at most.</param>
internal sealed record S3PartPlan(IReadOnlyList<S3Range> Ranges)
{
    /// <summary>The smallest part but the last.</summary>
    public const int MinPart = 5 * 1024 * 1024;

    public static IReadOnlyList<S3PartPlan> Of(IReadOnlyList<StoredPart> sources)
    {
        var plan = new List<S3PartPlan>();
        var open = new List<S3Range>();
        var gathered = 0L;
        foreach (var source in sources)
        {
            var taken = gathered == 0 ? 0 : Math.Min(MinPart - gathered, source.Length);
            if (taken > 0)
            {
                open.Add(new S3Range(source.Key, 0, taken));
                gathered += taken;
            }

            if (gathered == MinPart)
            {
                Close();
            }

            var rest = new S3Range(source.Key, taken, source.Length - taken);
            if (rest.Length >= MinPart)
            {
                plan.Add(new S3PartPlan([rest]));
            }
            else if (rest.Length > 0)
            {
                open.Add(rest);
                gathered += rest.Length;
            }
        }

        Close();
        return plan;

        void Close()
        {
            if (open.Count > 0)
            {
                plan.Add(new S3PartPlan([.. open]));
                open.Clear();
                gathered = 0;
            }
        }
    }
}
