using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Journal;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Chat4All.Tests.Grains;

public sealed class JournalTests : IAsyncLifetime
{
    private EmbeddedStore _embedded = null!;
    private InterposedStore _store = null!;
    private Journal _journal = null!;

    public async Task InitializeAsync()
    {
        _embedded = await EmbeddedStore.StartAsync();
        _store = new InterposedStore(_embedded.Conversations);
        _journal = Start(new JournalOptions());
    }

    public async Task DisposeAsync()
    {
        await _journal.StopAsync(CancellationToken.None);
        await _embedded.DisposeAsync();
    }

    [Fact]
    public async Task Appends_of_one_conversation_are_numbered_in_queue_order()
    {
        var appender = await OpenAsync("c1");
        var results = await Task.WhenAll(Enumerable.Range(1, 300).Select(i => appender.AppendAsync([Draft($"m{i}")])));

        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), results.Select(result => result.Messages[0].Message!.Seq));
        await AssertGaplessAsync("c1", 300);
    }

    [Fact]
    public async Task Times_of_creation_are_strictly_increasing_even_when_many_share_a_tick()
    {
        var appender = await OpenAsync("c1");
        await appender.AppendAsync([.. Enumerable.Range(1, 100).Select(i => Draft($"m{i}"))]);

        var messages = await _embedded.Reader.ListAfterAsync("c1", 0, long.MaxValue, 100, CancellationToken.None);
        Assert.Equal(100, messages.Select(message => message.CreatedAt).Distinct().Count());
        Assert.Equal(messages.Select(message => message.CreatedAt).Order(), messages.Select(message => message.CreatedAt));
    }

    [Fact]
    public async Task A_stale_grain_and_fifty_duplicates_in_a_batch_of_five_hundred_cost_the_others_nothing()
    {
        var stale = await OpenAsync("stale");
        await (await ReopenAsync("stale")).AppendAsync([Draft("by-another-activation")]);
        var appenders = new List<ConversationAppender>();
        for (var i = 0; i < 9; i++)
        {
            appenders.Add(await OpenAsync($"c{i}"));
        }

        await appenders[0].AppendAsync([.. Enumerable.Range(0, 50).Select(i => Draft($"c0-{i}"))]);

        var gate = new TaskCompletionSource();
        _store.BeforeAppend = _ => gate.Task;
        var first = appenders[8].AppendAsync([Draft("holds-the-writer")]);
        var fromStale = stale.AppendAsync([Draft("from-stale")]);
        var rest = (from i in Enumerable.Range(0, 55)
                    from c in Enumerable.Range(0, 9)
                    select appenders[c].AppendAsync([Draft($"c{c}-{i}")])).ToList();
        var before = _store.Appends;
        gate.SetResult();

        await first;
        Assert.True((await fromStale).Fenced);
        var results = await Task.WhenAll(rest);
        Assert.All(results, result => Assert.False(result.Fenced));
        Assert.Equal(50, results.Count(result => result.Messages[0].Duplicate));
        Assert.True(stale.IsFenced);
        Assert.All(appenders, appender => Assert.False(appender.IsFenced));

        // One attempt that conflicts and one that commits, give or take where the batch was cut.
        Assert.InRange(_store.Appends - before, 2, 5);
        for (var c = 0; c < 8; c++)
        {
            await AssertGaplessAsync($"c{c}", 55);
        }
    }

    [Fact]
    public async Task A_duplicate_gets_the_first_answer_and_writes_nothing()
    {
        var appender = await OpenAsync("c1");
        var first = await appender.AppendAsync([Draft("m1")]);
        var again = await appender.AppendAsync([Draft("m1")]);

        Assert.True(again.Messages[0].Duplicate);
        Assert.Equal(first.Messages[0].Message!.Seq, again.Messages[0].Message!.Seq);
        Assert.Equal(first.Messages[0].Message!.CreatedAt, again.Messages[0].Message!.CreatedAt);
        await AssertGaplessAsync("c1", 1);
    }

    [Fact]
    public async Task The_same_id_twice_in_one_append_is_written_once()
    {
        var appender = await OpenAsync("c1");
        var result = await appender.AppendAsync([Draft("m1"), Draft("m2"), Draft("m1"), Draft("m3")]);

        Assert.Equal([1, 2, 1, 3], result.Messages.Select(message => message.Message!.Seq));
        Assert.Equal([false, false, true, false], result.Messages.Select(message => message.Duplicate));
    }

    [Fact]
    public async Task An_id_taken_by_other_content_is_a_conflict_that_tells_nothing_of_it()
    {
        var appender = await OpenAsync("c1");
        var other = await OpenAsync("c2");
        await appender.AppendAsync([Draft("m1")]);

        var otherContent = await appender.AppendAsync([Draft("m1", text: "something else")]);
        var otherConversation = await other.AppendAsync([Draft("m1"), Draft("m2")]);

        Assert.Equal(ErrorCodes.MessageIdConflict, otherContent.Messages[0].Error!.Code);
        Assert.Null(otherContent.Messages[0].Message);
        Assert.Equal(ErrorCodes.MessageIdConflict, otherConversation.Messages[0].Error!.Code);
        Assert.Equal(1, otherConversation.Messages[1].Message!.Seq);
    }

    [Fact]
    public async Task Two_activations_of_one_conversation_leave_no_gap_and_no_repeat()
    {
        var one = await OpenAsync("c1");
        var two = await ReopenAsync("c1");
        Assert.False((await one.AppendAsync([Draft("m1")])).Fenced);
        Assert.True((await two.AppendAsync([Draft("m2")])).Fenced);
        Assert.True((await two.AppendAsync([Draft("m2")])).Fenced);

        two = await ReopenAsync("c1");
        Assert.Equal(2, (await two.AppendAsync([Draft("m2")])).Messages[0].Message!.Seq);
        Assert.True((await one.AppendAsync([Draft("m3")])).Fenced);
        await AssertGaplessAsync("c1", 2);
    }

    [Fact]
    public async Task When_the_answer_to_a_commit_is_lost_the_retry_learns_the_truth()
    {
        var appender = await OpenAsync("c1");
        _store.AfterAppend = () => throw new CommitOutcomeUnknownException("cut off");
        var refused = await Assert.ThrowsAsync<ChatException>(() => appender.AppendAsync([Draft("m1")]));
        _store.AfterAppend = null;

        Assert.Equal(ErrorCodes.OutcomeUnknown, refused.Error.Code);
        Assert.True((await appender.AppendAsync([Draft("m2")])).Fenced);
        var reloaded = await ReopenAsync("c1");
        Assert.True((await reloaded.AppendAsync([Draft("m1")])).Messages[0].Duplicate);
        Assert.Equal(2, (await reloaded.AppendAsync([Draft("m2")])).Messages[0].Message!.Seq);
    }

    [Fact]
    public async Task While_the_store_is_away_everything_is_refused_and_afterwards_nothing_is_missing()
    {
        var appender = await OpenAsync("c1");
        _store.BeforeAppend = _ => throw new StoreUnavailableException("away");
        var refused = Enumerable.Range(0, 50).Select(i => appender.AppendAsync([Draft($"lost{i}")])).ToList();
        foreach (var append in refused)
        {
            Assert.Equal(ErrorCodes.StoreUnavailable, (await Assert.ThrowsAsync<ChatException>(() => append)).Error.Code);
        }

        _store.BeforeAppend = null;
        Assert.Equal(1, (await appender.AppendAsync([Draft("m1")])).Messages[0].Message!.Seq);
    }

    [Fact]
    public async Task A_batch_that_the_store_cannot_write_fails_only_the_conversation_at_fault()
    {
        var good = await OpenAsync("good");
        var bad = await OpenAsync("bad");
        var gate = new TaskCompletionSource();
        _store.BeforeAppend = async batch =>
        {
            await gate.Task;
            if (batch.Any(append => append.ConversationId == "bad"))
            {
                throw new InvalidOperationException("not storable");
            }
        };
        var first = good.AppendAsync([Draft("holds-the-writer")]);
        var fails = bad.AppendAsync([Draft("b1")]);
        var succeeds = good.AppendAsync([Draft("g1")]);
        gate.SetResult();

        await first;
        await Assert.ThrowsAsync<InvalidOperationException>(() => fails);
        Assert.Equal(2, (await succeeds).Messages[0].Message!.Seq);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        await _journal.StopAsync(CancellationToken.None);
        _journal = Start(new JournalOptions { QueueLimit = 500 });
        var appender = await OpenAsync("c1");
        var gate = new TaskCompletionSource();
        _store.BeforeAppend = _ => gate.Task;
        var accepted = new List<Task<AppendResult>>();
        var refused = Assert.Throws<ChatException>(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                accepted.Add(appender.AppendAsync([Draft($"m{i}")]));
            }
        });
        gate.SetResult();
        await Task.WhenAll(accepted);

        Assert.Equal(ErrorCodes.Overloaded, refused.Error.Code);
        await AssertGaplessAsync("c1", accepted.Count);
    }

    [Fact]
    public async Task Stopping_writes_what_is_queued()
    {
        var appender = await OpenAsync("c1");
        var gate = new TaskCompletionSource();
        _store.BeforeAppend = _ => gate.Task;
        var appends = Enumerable.Range(0, 100).Select(i => appender.AppendAsync([Draft($"m{i}")])).ToList();
        var stop = _journal.StopAsync(CancellationToken.None);
        gate.SetResult();
        await stop;

        Assert.All(appends, append => Assert.True(append.IsCompletedSuccessfully));
        await AssertGaplessAsync("c1", 100);
    }

    private static MessageDraft Draft(string id, string text = "hello") => MessageDraft.From(new SendMessage
    {
        MessageId = id,
        SenderId = "u1",
        SenderName = "User 1",
        Kind = PayloadKind.Text,
        Payload = MessagePayload.Text(text),
        Channels = Channels.WhatsApp,
    });

    private Journal Start(JournalOptions options)
    {
        var journal = new Journal(_store, Options.Create(options), TimeProvider.System, NullLogger<Journal>.Instance);
        _ = journal.StartAsync(CancellationToken.None);
        return journal;
    }

    private async Task<ConversationAppender> OpenAsync(string id)
    {
        await _embedded.AddGroupAsync(id);
        return await ReopenAsync(id);
    }

    private async Task<ConversationAppender> ReopenAsync(string id)
    {
        var record = (await _store.LoadAsync(id, CancellationToken.None))!;
        return _journal.Open(id, record.LastSeq, record.LastActivityAt);
    }

    private async Task AssertGaplessAsync(string id, int count)
    {
        var messages = new List<StoredMessage>();
        while (await _embedded.Reader.ListAfterAsync(id, messages.Count, long.MaxValue, 100, CancellationToken.None) is { Count: > 0 } page)
        {
            messages.AddRange(page);
        }

        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), messages.Select(message => message.Seq));
        Assert.Equal(count, messages.Select(message => message.MessageId).Distinct().Count());
        Assert.Equal(count, (await _store.LoadAsync(id, CancellationToken.None))!.LastSeq);
    }
}
