using Chat4All.Infrastructure.Connectors.Http;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Connectors;

/// <summary>The pace that messages keep, on a clock that the test sets forward.</summary>
public sealed class PacerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    private readonly SteppedTime _time = new();
    private readonly Pacer _pacer;

    public PacerTests() => _pacer = new Pacer(_time);

    [Fact]
    public void A_sender_keeps_its_rate()
    {
        var waits = Enumerable.Range(0, 81).Select(_ => Reserve("sender", 12.5, 1)).ToArray();

        Assert.Equal(Enumerable.Range(0, 81).Select(i => TimeSpan.FromMilliseconds(12.5 * i)), waits);
    }

    [Fact]
    public void After_a_rest_a_burst_may_come_and_then_one_in_each_interval()
    {
        // WhatsApp: 45 messages at once to one recipient, one every 6 s in the long run.
        var waits = Enumerable.Range(0, 47).Select(_ => Reserve("to:1", 6_000, 45)).ToArray();

        Assert.All(waits[..45], wait => Assert.Equal(TimeSpan.Zero, wait));
        Assert.Equal([TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(12)], waits[45..]);
        _time.Advance(TimeSpan.FromSeconds(18));
        Assert.Equal(TimeSpan.Zero, Reserve("to:1", 6_000, 45));
        Assert.Equal(TimeSpan.FromSeconds(6), Reserve("to:1", 6_000, 45));
    }

    [Fact]
    public void A_message_that_would_wait_too_long_takes_no_place()
    {
        Reserve("to:1", 1_000, 1);

        Assert.False(_pacer.TryReserve(Limit("to:1", 1_000, 1), TimeSpan.FromMilliseconds(500), out var wait));
        Assert.Equal(TimeSpan.FromSeconds(1), wait);
        Assert.Equal(TimeSpan.FromSeconds(1), Reserve("to:1", 1_000, 1));
    }

    [Fact]
    public void Those_who_must_come_back_come_one_interval_after_the_other()
    {
        var limit = Limit("sender", 100, 1);
        for (var i = 0; i < 11; i++)
        {
            Assert.True(_pacer.TryReserve(limit, TimeSpan.FromSeconds(1), out _));
        }

        var waits = Enumerable.Range(0, 500).Select(_ => _pacer.TryReserve(limit, TimeSpan.FromSeconds(1), out var wait) ? TimeSpan.Zero : wait).ToList();
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => TimeSpan.FromMilliseconds(1_100 + (i * 100))), waits);

        // Whoever comes when told gets a place.
        _time.Advance(waits[0]);
        foreach (var _ in waits)
        {
            Assert.True(_pacer.TryReserve(limit, TimeSpan.FromSeconds(1), out var wait));
            Assert.Equal(TimeSpan.Zero, wait);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public void A_place_that_is_given_back_is_the_next_ones()
    {
        Reserve("to:1", 6_000, 2);
        Reserve("to:1", 6_000, 2);
        _pacer.GiveBack([Limit("to:1", 6_000, 2), Limit("to:nobody", 6_000, 2)]);

        Assert.Equal(TimeSpan.Zero, Reserve("to:1", 6_000, 2));
        Assert.Equal(TimeSpan.FromSeconds(6), Reserve("to:1", 6_000, 2));
    }

    [Fact]
    public void A_pause_holds_everything_of_its_key_back_and_nothing_else()
    {
        _pacer.Pause("to:1", TimeSpan.FromSeconds(6));

        Assert.Equal(TimeSpan.FromSeconds(6), Reserve("to:1", 0, 1));
        Assert.Equal(TimeSpan.Zero, Reserve("to:2", 0, 1));
        Assert.Equal(TimeSpan.FromSeconds(6), _pacer.PausedFor([Limit("to:2", 0, 1), Limit("to:1", 0, 1)]));
        _pacer.Pause("to:1", TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(6), _pacer.PausedFor([Limit("to:1", 0, 1)]));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(TimeSpan.Zero, Reserve("to:1", 0, 1));
    }

    [Fact]
    public void Whoever_is_at_rest_is_forgotten()
    {
        for (var i = 0; i < 200_000; i++)
        {
            Reserve($"to:{i}", 1_000, 1);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.InRange(_pacer.Keys, 1, 4_200);
        }
    }

    [Fact]
    public void When_too_many_are_remembered_messages_wait()
    {
        var pacer = new Pacer(_time, maxKeys: 2_000);
        var taken = Enumerable.Range(0, 3_000).Count(i => pacer.TryReserve(Limit($"to:{i}", 60_000, 1), Long, out _));

        Assert.Equal(2_000, taken);
        Assert.Equal(2_000, pacer.Keys);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(pacer.TryReserve(Limit("to:new", 60_000, 1), Long, out _));
        Assert.Equal(1, pacer.Keys);
    }

    private TimeSpan Reserve(string key, double milliseconds, int burst)
    {
        Assert.True(_pacer.TryReserve(Limit(key, milliseconds, burst), Long, out var wait));
        return wait;
    }

    private static PaceLimit Limit(string key, double milliseconds, int burst) => new(key, TimeSpan.FromMilliseconds(milliseconds), burst);
}
