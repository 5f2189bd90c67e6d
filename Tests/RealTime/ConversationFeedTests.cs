using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.RealTime;

public sealed class ConversationFeedTests
{
    private readonly List<LiveEvent> _out = [];

    [Fact]
    public void Events_in_order_pass_at_once()
    {
        var feed = new ConversationFeed("c", 5);

        Offer(feed, 5, 6, 7);

        Assert.Equal([5, 6, 7], Seqs());
        Assert.False(feed.HasGap);
    }

    [Fact]
    public void Events_ahead_of_a_gap_are_held_until_it_is_filled()
    {
        var feed = new ConversationFeed("c", 1);

        Offer(feed, 3, 2, 4);
        Assert.Empty(_out);
        Assert.True(feed.HasGap);
        Assert.Equal(1, feed.Next);
        Assert.Equal(4, feed.Highest);

        Offer(feed, 1);
        Assert.Equal([1, 2, 3, 4], Seqs());
        Assert.False(feed.HasGap);
    }

    [Fact]
    public void Repeats_are_dropped()
    {
        var feed = new ConversationFeed("c", 1);

        Offer(feed, 1, 1, 3, 3, 2, 2, 3);

        Assert.Equal([1, 2, 3], Seqs());
    }

    [Fact]
    public void An_event_without_a_seq_passes_when_nothing_is_held()
    {
        var feed = new ConversationFeed("c", 1);

        Offer(feed, 0, 1, 0);

        Assert.Equal([0, 1, 0], Seqs());
    }

    [Fact]
    public void An_event_without_a_seq_keeps_its_place_behind_what_was_held_when_it_came()
    {
        var feed = new ConversationFeed("c", 1);

        feed.Offer(Event(2, "held"), _out);
        feed.Offer(Event(0, "behind 2"), _out);
        feed.Offer(Event(3, "held too"), _out);
        feed.Offer(Event(1, "the gap"), _out);

        Assert.Equal(["the gap", "held", "behind 2", "held too"], _out.Select(e => e.Type));
    }

    [Fact]
    public void A_feed_that_knows_no_seq_starts_with_the_first_it_sees()
    {
        var feed = new ConversationFeed("c", 0);
        Assert.Null(feed.Delivered);

        Offer(feed, 0, 9, 10);

        Assert.Equal([0, 9, 10], Seqs());
        Assert.False(feed.HasGap);
    }

    [Fact]
    public void A_head_that_is_ahead_is_a_gap()
    {
        var feed = new ConversationFeed("c", 5);

        feed.Learn(4);
        Assert.False(feed.HasGap);

        feed.Learn(6);
        Assert.True(feed.HasGap);
        Assert.Equal((5, 6), (feed.Next, feed.Highest));
    }

    [Fact]
    public void The_head_tells_a_feed_that_knows_no_seq_where_it_is()
    {
        var feed = new ConversationFeed("c", 0);

        feed.Learn(7);

        Assert.Equal(7, feed.Delivered);
        Assert.False(feed.HasGap);
    }

    [Fact]
    public void What_does_not_fit_is_asked_for_again()
    {
        var feed = new ConversationFeed("c", 1);
        Offer(feed, [.. Enumerable.Range(2, ConversationFeed.MaxHeld + 10).Select(seq => (long)seq)]);

        Offer(feed, 1);

        Assert.Equal(ConversationFeed.MaxHeld + 1, _out.Count);
        Assert.True(feed.HasGap);
        Assert.Equal(ConversationFeed.MaxHeld + 2, feed.Next);
        Assert.Equal(ConversationFeed.MaxHeld + 11, feed.Highest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_order_of_arrival_goes_out_in_order(int seed)
    {
        var feed = new ConversationFeed("c", 1);
        var seqs = Enumerable.Range(1, 200).Select(seq => (long)seq).ToArray();
        new Random(seed).Shuffle(seqs);

        Offer(feed, seqs);

        Assert.Equal(Enumerable.Range(1, 200).Select(seq => (long)seq), Seqs());
    }

    private static LiveEvent Event(long seq, string type = EventTypes.MessageCreated) =>
        new() { Type = type, ConversationId = "c", Seq = seq, Timestamp = DateTimeOffset.UnixEpoch, Data = default, Recipients = [] };

    private void Offer(ConversationFeed feed, params long[] seqs)
    {
        foreach (var seq in seqs)
        {
            feed.Offer(Event(seq), _out);
        }
    }

    private long[] Seqs() => [.. _out.Select(e => e.Seq)];
}
