using Chat4All.Frontend.Auth.Limits;

namespace Chat4All.Tests.Auth;

public sealed class MinuteWindowTests
{
    private const int Limit = 10;

    [Theory]
    [InlineData(0)]
    [InlineData(4_999)]
    [InlineData(123_456_789)]
    public void A_burst_from_rest_gets_exactly_the_limit(long now)
    {
        var window = new MinuteWindow();

        Assert.All(Enumerable.Range(0, Limit), i => Assert.Equal(Limit - i - 1, window.TryTake(now, 1, Limit).Remaining));
        Assert.False(window.TryTake(now, 1, Limit).Allowed);
    }

    [Fact]
    public void A_refusal_takes_nothing()
    {
        var window = new MinuteWindow();
        window.TryTake(0, 8, Limit);

        Assert.False(window.TryTake(1, 3, Limit).Allowed);
        Assert.True(window.TryTake(2, 2, Limit).Allowed);
    }

    [Fact]
    public void Waiting_as_long_as_a_refusal_says_is_enough_and_a_second_less_is_not()
    {
        var random = new Random(5);
        for (var run = 0; run < 200; run++)
        {
            var window = new MinuteWindow();
            var now = random.NextInt64(1_000_000);
            RateDecision decision;
            do
            {
                now += random.Next(8_000);
                decision = window.TryTake(now, random.Next(1, 4), Limit);
            }
            while (decision.Allowed);

            var refused = window.TryTake(now, Limit, Limit);
            Assert.False(window.TryTake(now + ((refused.RetryAfterSeconds - 1) * 1000) - 1, Limit, Limit).Allowed, $"run {run}");
            Assert.True(window.TryTake(now + (refused.RetryAfterSeconds * 1000), Limit, Limit).Allowed, $"run {run}");
        }
    }

    [Fact]
    public void No_minute_ever_holds_more_than_the_limit()
    {
        var random = new Random(7);
        var window = new MinuteWindow();
        var taken = new List<(long At, int Count)>();
        for (var now = 0L; now < 600_000; now += random.Next(400))
        {
            var count = random.Next(1, 3);
            if (window.TryTake(now, count, Limit).Allowed)
            {
                taken.Add((now, count));
            }
        }

        Assert.All(taken, end => Assert.True(taken.Where(t => t.At <= end.At && t.At > end.At - 60_000).Sum(static t => t.Count) <= Limit));
        Assert.True(taken.Sum(static t => t.Count) >= 80, "it must not refuse much more than it has to");
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var window = new MinuteWindow();
        window.TryTake(0, Limit, Limit);
        window.Return(6_000, 3);

        Assert.True(window.TryTake(6_001, 3, Limit).Allowed);
        Assert.False(window.TryTake(6_002, 1, Limit).Allowed);
    }

    [Fact]
    public void It_is_idle_when_nothing_counts_any_more()
    {
        var window = new MinuteWindow();
        window.TryTake(1_000, 1, Limit);

        Assert.False(window.IsIdle(60_000));
        Assert.True(window.IsIdle(66_001));
    }
}
