using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Kafka;

namespace Chat4All.Tests.Kafka;

public sealed class PartitionShareTests
{
    private readonly PartitionShare _share = new(capacity: 4);

    [Fact]
    public async Task Records_are_taken_in_the_order_in_which_they_came()
    {
        _share.Add([0, 1]);
        Arrive((0, 5), (1, 9), (0, 6));

        Assert.Equal([new(0, 5), new(1, 9)], await TakeAsync(2));
        Assert.Equal([new LogPosition(0, 6)], await TakeAsync(2));
    }

    [Fact]
    public async Task A_reader_waits_until_something_arrives()
    {
        _share.Add([0]);
        var reading = TakeAsync(10);
        Assert.False(reading.IsCompleted);

        Arrive((0, 1));

        Assert.Equal([new LogPosition(0, 1)], await reading.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task What_was_fetched_of_a_partition_that_went_is_not_handed_out()
    {
        _share.Add([0, 1]);
        Arrive((0, 1), (1, 1), (0, 2));

        _share.Remove([0]);
        Arrive((0, 3));

        Assert.Equal([new LogPosition(1, 1)], await TakeAsync(10));
    }

    [Fact]
    public void Only_what_is_noted_and_not_committed_is_to_be_committed()
    {
        _share.Add([0, 1]);
        Arrive((0, 1), (0, 2), (1, 7));
        Assert.Empty(_share.Uncommitted());

        _share.Note([new(0, 2), new(1, 7)]);
        _share.Note([new(0, 1)]);
        Assert.Equal([new(0, 2), new(1, 7)], _share.Uncommitted());
        Assert.Equal([new LogPosition(1, 7)], _share.Uncommitted(among: [1]));

        _share.Committed([new(0, 2)]);
        Assert.Equal([new LogPosition(1, 7)], _share.Uncommitted());
    }

    [Fact]
    public void Positions_of_partitions_that_went_are_passed_over()
    {
        _share.Add([0]);
        Arrive((0, 1));
        _share.Remove([0]);

        _share.Note([new(0, 1)]);

        Assert.Empty(_share.Uncommitted());
    }

    [Fact]
    public void Work_from_before_a_partition_went_and_came_back_never_sets_the_group_back()
    {
        _share.Add([0]);
        Arrive((0, 10), (0, 11));
        _share.Remove([0]);
        _share.Add([0]);

        _share.Note([new(0, 11)]);
        Assert.Empty(_share.Uncommitted());

        Arrive((0, 40));
        _share.Note([new(0, 11)]);
        Assert.Empty(_share.Uncommitted());

        _share.Note([new(0, 40)]);
        Assert.Equal([new LogPosition(0, 40)], _share.Uncommitted());
    }

    [Fact]
    public void What_is_passed_over_is_done_once_everything_before_it_is()
    {
        _share.Add([0, 1]);
        _share.PassOver(new(1, 3));
        Arrive((0, 1), (0, 2));
        _share.PassOver(new(0, 3));
        Assert.Equal([new LogPosition(1, 3)], _share.Uncommitted());

        _share.Note([new(0, 1)]);
        Assert.Equal([new LogPosition(0, 1)], _share.Uncommitted(among: [0]));
        _share.Note([new(0, 2)]);
        Assert.Equal([new LogPosition(0, 3)], _share.Uncommitted(among: [0]));

        Arrive((0, 4));
        _share.PassOver(new(0, 5));
        Assert.Equal([new LogPosition(0, 3)], _share.Uncommitted(among: [0]));
    }

    [Fact]
    public async Task There_is_room_again_when_half_is_taken()
    {
        _share.Add([0]);
        Arrive((0, 1), (0, 2), (0, 3));
        Assert.False(_share.IsFull);
        Arrive((0, 4));
        Assert.True(_share.IsFull);

        await TakeAsync(1);
        Assert.False(_share.WaitForRoom(TimeSpan.Zero));
        var waiting = Task.Run(() => _share.WaitForRoom(TimeSpan.FromSeconds(30)));
        await TakeAsync(1);
        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_record_is_ones_own_until_its_partition_goes_even_when_that_comes_back()
    {
        _share.Add([0, 1]);
        Arrive((0, 1), (1, 1));
        var taken = await _share.TakeAsync(2, CancellationToken.None);
        Assert.All(taken, record => Assert.True(_share.TryHold(record)));

        _share.Remove([0]);
        Assert.Equal([false, true], taken.Select(_share.TryHold));

        _share.Add([0]);
        Arrive((0, 1));
        var again = Assert.Single(await _share.TakeAsync(2, CancellationToken.None));
        Assert.Equal((false, true), (_share.TryHold(taken[0]), _share.TryHold(again)));
    }

    [Fact]
    public async Task A_partition_that_is_to_go_waits_for_attempts_under_way_and_lets_none_begin()
    {
        _share.Add([0, 1]);
        Arrive((0, 1), (1, 1));
        var (own, others) = await _share.TakeAsync(2, CancellationToken.None) is [var first, var second] ? (first, second) : default;
        Assert.True(_share.TryHold(own) && _share.TryHold(others));

        Assert.False(_share.Quiesce([0], TimeSpan.FromMilliseconds(1)));
        Assert.Equal((false, true), (_share.TryHold(own), _share.TryHold(others)));
        var waiting = Task.Run(() => _share.Quiesce([0], TimeSpan.FromSeconds(30)));
        _share.LetGo(own);
        Assert.True(await waiting);
    }

    private async Task<LogPosition[]> TakeAsync(int max) => [.. (await _share.TakeAsync(max, CancellationToken.None)).Select(static record => record.Position)];

    private void Arrive(params (int Partition, long Offset)[] places)
    {
        foreach (var (partition, offset) in places)
        {
            _share.Arrive(new LogRecord("topic", partition, offset, KafkaLog.Event("key", (int)offset)));
        }
    }
}
