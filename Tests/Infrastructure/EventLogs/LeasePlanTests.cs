using Chat4All.Infrastructure.EmbeddedLog;
using Xunit;

namespace Chat4All.Tests.Infrastructure.EventLogs;

public sealed class LeasePlanTests
{
    [Fact]
    public void A_single_member_takes_everything()
    {
        var plan = LeasePlan.Of([.. Free(0, 1, 2, 3)], "me", []);

        Assert.Equal([0, 1, 2, 3], plan.Owned);
        Assert.Empty(plan.Excess);
        Assert.Equal(-1, plan.Presence);
    }

    [Fact]
    public void A_member_that_comes_second_takes_nothing_from_one_that_lives_but_is_counted()
    {
        var newcomer = LeasePlan.Of([.. Owned("a", 0, 1, 2, 3), Presence(-1, "a")], "b", []);
        var first = LeasePlan.Of([.. Owned("a", 0, 1, 2, 3), Presence(-1, "a"), Presence(-2, "b")], "a", []);

        Assert.Empty(newcomer.Owned);
        Assert.Equal(-2, newcomer.Presence);
        Assert.Equal([0, 1, 2, 3], first.Owned);
        Assert.Equal([2, 3], first.Excess);
    }

    [Fact]
    public void What_is_given_back_goes_to_whoever_has_too_few()
    {
        var giver = LeasePlan.Of([.. Owned("a", 0, 1, 2, 3), Presence(-1, "a"), Presence(-2, "b")], "a", [2, 3]);
        var taker = LeasePlan.Of([.. Owned("a", 0, 1), .. Free(2, 3), Presence(-1, "a"), Presence(-2, "b")], "b", []);

        Assert.Equal([0, 1], giver.Owned);
        Assert.Empty(giver.Excess);
        Assert.Equal([2, 3], taker.Owned);
    }

    [Fact]
    public void The_partitions_and_the_place_of_a_dead_member_are_taken_over()
    {
        var plan = LeasePlan.Of([.. Owned("dead", 0, 1).Select(static row => row with { IsLive = false }), Presence(-1, "dead") with { IsLive = false }], "me", []);

        Assert.Equal([0, 1], plan.Owned);
        Assert.Equal(-1, plan.Presence);
    }

    [Theory]
    [InlineData(16, 3)]
    [InlineData(4, 5)]
    [InlineData(100, 7)]
    public void However_many_there_are_each_gets_its_fair_share_and_all_partitions_have_one_owner(int partitions, int members)
    {
        var rows = Free([.. Enumerable.Range(0, partitions).Select(static i => (short)i)]).ToDictionary(static row => row.Partition);
        for (var round = 0; round < 4; round++)
        {
            for (var member = 0; member < members; member++)
            {
                var owner = $"member{member}";
                var excess = LeasePlan.Of([.. rows.Values], owner, []).Excess.ToArray();
                var plan = LeasePlan.Of([.. rows.Values], owner, excess);
                foreach (var released in excess)
                {
                    rows[released] = rows[released] with { Owner = null };
                }

                foreach (var owned in plan.Owned)
                {
                    rows[owned] = rows[owned] with { Owner = owner, IsLive = true };
                }

                rows[plan.Presence] = new LeaseRow(plan.Presence, 0, owner, true);
            }
        }

        var shares = rows.Values.Where(static row => row.Partition >= 0).GroupBy(static row => row.Owner).Select(static share => share.Count()).ToArray();
        Assert.Equal(partitions, shares.Sum());
        Assert.Equal(Math.Min(partitions, members), shares.Length);
        Assert.InRange(shares.Max() - shares.Min(), 0, 1);
    }

    private static IEnumerable<LeaseRow> Free(params short[] partitions) => partitions.Select(static partition => new LeaseRow(partition, 0, null, false));

    private static IEnumerable<LeaseRow> Owned(string owner, params short[] partitions) => partitions.Select(partition => new LeaseRow(partition, 0, owner, true));

    private static LeaseRow Presence(short partition, string owner) => new(partition, 0, owner, true);
}
