using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Xunit;

namespace Chat4All.Tests.Infrastructure.Stores;

public sealed class OutboxTailTests
{
    private readonly OutboxTail _tail = new(new OutboxPlacement(4));

    [Fact]
    public void What_was_committed_is_read_in_the_order_of_offsets_whatever_the_order_in_which_commits_were_told()
    {
        Add(first: 14, count: 2);
        Add(first: 11, count: 3);

        Assert.Equal([11L, 12, 13, 14, 15], Offsets(after: 10, max: 100));
        Assert.Equal([12L, 13], Offsets(after: 11, max: 2));
        Assert.Equal(15, _tail.Head);
    }

    [Fact]
    public void A_record_says_what_its_row_says()
    {
        _tail.Add(7, [Row("c1", bytes: 2)]);

        var record = Assert.Single(_tail.Read(6, 10)!);
        Assert.Equal((Topics.MessageProcessing, (int)new OutboxPlacement(4).Of("c1"), 7L), (record.Topic, record.Partition, record.Offset));
        Assert.Equal(("c1", "m1", EventTypes.MessageCreated), (record.Event.Key, record.Event.MessageId, record.Event.Type));
    }

    [Fact]
    public void What_somebody_else_committed_is_a_gap_that_only_the_database_fills()
    {
        Add(first: 1, count: 2);
        Add(first: 4, count: 1);

        Assert.Equal([1L, 2], Offsets(after: 0, max: 10));
        Assert.Null(_tail.Read(2, 10));
        Assert.Equal([4L], Offsets(after: 3, max: 10));
        Assert.Null(_tail.Read(4, 10));
        _tail.Reach(9);
        Assert.Equal(9, _tail.Head);
    }

    [Fact]
    public void The_oldest_go_when_there_are_many()
    {
        Add(first: 1, count: 10_000);

        Assert.Null(_tail.Read(10_000 - 4_096 - 1, 10));
        Assert.Equal(4_096, _tail.Read(10_000 - 4_096, 10_000)!.Count);
    }

    [Fact]
    public void The_oldest_go_when_they_are_large()
    {
        for (var offset = 1; offset <= 300; offset++)
        {
            _tail.Add(offset, [Row("c1", bytes: 64 * 1024)]);
        }

        Assert.Null(_tail.Read(300 - 129, 10));
        Assert.Equal(128, _tail.Read(300 - 128, 1_000)!.Count);
    }

    [Fact]
    public void Large_commits_that_are_told_in_another_order_leave_room_too()
    {
        var large = Enumerable.Repeat(64 * 1024, 200).Select(bytes => Row("c1", bytes)).ToList();

        _tail.Add(201, large);
        _tail.Add(1, large);
        _tail.Add(401, large);

        Assert.Null(_tail.Read(0, 10));
        Assert.Equal(128, _tail.Read(600 - 128, 1_000)!.Count);
    }

    [Fact]
    public void Rows_that_another_log_takes_over_are_not_kept_and_wake_nobody()
    {
        var tail = new OutboxTail(OutboxPlacement.Elsewhere);

        tail.Add(1, [Row("c1", bytes: 2)]);

        Assert.Null(tail.Read(0, 10));
        Assert.Equal(0, tail.Signal.Version);
    }

    private static OutboxEvent Row(string conversationId, int bytes) => new()
    {
        Id = Guid.CreateVersion7(),
        ConversationId = conversationId,
        Seq = 1,
        AggregateId = "m1",
        EventType = EventTypes.MessageCreated,
        Payload = new byte[bytes],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private void Add(long first, int count) => _tail.Add(first, [.. Enumerable.Range(0, count).Select(static i => Row($"c{i % 3}", bytes: 2))]);

    private IEnumerable<long> Offsets(long after, int max) => _tail.Read(after, max)!.Select(static record => record.Offset);
}
