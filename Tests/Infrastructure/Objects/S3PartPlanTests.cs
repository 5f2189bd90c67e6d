using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.S3;

namespace Chat4All.Tests.Infrastructure.Objects;

public sealed class S3PartPlanTests
{
    [Fact]
    public void Any_pieces_become_parts_that_the_server_takes_and_that_add_up_to_them()
    {
        var random = new Random(4);
        for (var run = 0; run < 2_000; run++)
        {
            var sources = Enumerable.Range(0, random.Next(1, 12)).Select(i => new StoredPart($"chunks/{i}", Length(random))).ToArray();

            var plan = S3PartPlan.Of(sources);

            Assert.All(plan.SkipLast(1), part => Assert.True(part.Ranges.Sum(range => range.Length) >= S3PartPlan.MinPart));
            Assert.All(plan.Where(part => part.Ranges.Count > 1), part => Assert.True(part.Ranges.Sum(range => range.Length) <= S3PartPlan.MinPart));
            Assert.Equal(Bytes(sources.Select(source => new S3Range(source.Key, 0, source.Length))), Bytes(plan.SelectMany(part => part.Ranges)));
        }
    }

    [Fact]
    public void Chunks_of_the_default_size_are_all_copied_by_the_server()
    {
        var plan = S3PartPlan.Of([.. Enumerable.Range(0, 20).Select(i => new StoredPart($"chunks/{i}", 5_242_880))]);

        Assert.All(plan, part => Assert.Single(part.Ranges));
    }

    private static int Length(Random random) => random.Next(4) switch
    {
        0 => random.Next(1, 100),
        1 => random.Next(1, S3PartPlan.MinPart),
        2 => S3PartPlan.MinPart,
        _ => random.Next(S3PartPlan.MinPart, 50 * 1024 * 1024),
    };

    /// <summary>Neighbouring ranges of one source joined, so that two ways to cut the same bytes are equal.</summary>
    private static List<S3Range> Bytes(IEnumerable<S3Range> ranges)
    {
        var joined = new List<S3Range>();
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Key == range.Key && last.Offset + last.Length == range.Offset)
            {
                joined[^1] = last with { Length = last.Length + range.Length };
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
