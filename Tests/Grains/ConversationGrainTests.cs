using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Hosting;
using Xunit;

namespace Chat4All.Tests.Grains;

public sealed class ConversationGrainTests : IAsyncLifetime
{
    private EmbeddedStore _store = null!;
    private GrainHost _host = null!;

    public async Task InitializeAsync()
    {
        _store = await EmbeddedStore.StartAsync();
        _host = await GrainHost.StartAsync(_store);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_answered_with_its_seq_and_told_to_every_member()
    {
        await _host.CreateGroupAsync("c1");
        var receipt = await _host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);

        Assert.Equal((1, false), (receipt.Seq, receipt.Duplicate));
        var created = Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.MessageCreated);
        Assert.Equal(["u1", "u2", "u3"], created.Recipients);
        using var data = JsonDocument.Parse(created.Data);
        Assert.Equal("hello", data.RootElement.GetProperty("content").GetString());
        Assert.Equal("accepted", data.RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_duplicate_is_answered_again_but_not_told_again()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);
        var again = await _host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);

        Assert.Equal((1, true), (again.Seq, again.Duplicate));
        Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.MessageCreated);
    }

    [Fact]
    public async Task A_failed_commit_is_neither_acknowledged_nor_told()
    {
        await _host.CreateGroupAsync("c1");
        _host.Interposed.BeforeAppend = _ => throw new StoreUnavailableException("away");
        var refused = await RefusedAsync(() => _host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None).AsTask());

        Assert.Equal(ErrorCodes.StoreUnavailable, refused.Code);
        Assert.DoesNotContain(_host.FanOut.Events, e => e.Type == EventTypes.MessageCreated);
    }

    [Fact]
    public async Task A_grain_that_another_activation_overtook_reloads_and_carries_on()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").Send(GrainHost.Message("m1"), CancellationToken.None);
        await using (var other = await GrainHost.StartAsync(_store))
        {
            Assert.Equal(2, (await other.Conversation("c1").Send(GrainHost.Message("m2"), CancellationToken.None)).Seq);
        }

        Assert.Equal(3, (await _host.Conversation("c1").Send(GrainHost.Message("m3"), CancellationToken.None)).Seq);
    }

    [Fact]
    public async Task A_member_that_another_activation_removed_cannot_send_through_a_stale_one()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").Send(GrainHost.Message("m1", "u2"), CancellationToken.None);
        await using (var other = await GrainHost.StartAsync(_store))
        {
            await other.Conversation("c1").RemoveMember("u1", "u2", CancellationToken.None);
        }

        var refused = await RefusedAsync(() => _host.Conversation("c1").Send(GrainHost.Message("m2", "u2"), CancellationToken.None).AsTask());
        Assert.Equal(ErrorCodes.NotAMember, refused.Code);
    }

    [Fact]
    public async Task A_send_behind_a_removal_is_judged_by_its_outcome()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").Send(GrainHost.Message("m1", "u2"), CancellationToken.None);
        var gate = new TaskCompletionSource();
        _host.Interposed.BeforeAppend = _ => gate.Task;
        var before = _host.Interposed.Appends;
        var removal = _host.Conversation("c1").RemoveMember("u1", "u2", CancellationToken.None);
        await Eventually.HoldsAsync("the removal is at the store", () => _host.Interposed.Appends > before);
        var send = _host.Conversation("c1").Send(GrainHost.Message("m2", "u2"), CancellationToken.None).AsTask();
        gate.SetResult();

        await removal;
        Assert.Equal(ErrorCodes.NotAMember, (await RefusedAsync(() => send)).Code);
    }

    [Fact]
    public async Task Joins_and_leaves_are_system_messages_that_old_and_new_members_hear()
    {
        await _host.CreateGroupAsync("c1");
        var view = await _host.Conversation("c1").AddMembers("u1", ["u4"], CancellationToken.None);
        await _host.Conversation("c1").RemoveMember("u3", "u3", CancellationToken.None);

        Assert.Equal(["u1", "u2", "u3", "u4"], view.Members);
        var left = Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.MemberLeft);
        Assert.Equal("u3", left.RemovedUserId);
        Assert.Contains("u3", left.Recipients);
        Assert.Contains("u4", Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.MemberJoined).Recipients);
        var messages = await _store.Reader.ListAfterAsync("c1", 0, long.MaxValue, 10, CancellationToken.None);
        Assert.Equal([PayloadKind.System, PayloadKind.System], messages.Select(message => message.Kind));
        Assert.Equal(["u1", "u2", "u4"], (await _store.Reader.FindAsync("c1", CancellationToken.None))!.Members.Select(member => member.UserId));
    }

    [Fact]
    public async Task When_the_last_owner_leaves_the_longest_member_becomes_owner()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").RemoveMember("u1", "u1", CancellationToken.None);
        await _host.Conversation("c1").AddMembers("u2", ["u4"], CancellationToken.None);

        var members = (await _store.Reader.FindAsync("c1", CancellationToken.None))!.Members;
        Assert.Equal(MemberRole.Owner, members.Single(member => member.UserId == "u2").Role);
    }

    [Theory]
    [InlineData("u2", "u3", ErrorCodes.NotAnOwner)]
    [InlineData("u5", "u3", ErrorCodes.NotAMember)]
    [InlineData("u1", "u5", ErrorCodes.MemberNotFound)]
    public async Task Removing_a_member_is_for_owners_and_for_oneself(string caller, string user, string code)
    {
        await _host.CreateGroupAsync("c1");
        var refused = await RefusedAsync(() => _host.Conversation("c1").RemoveMember(caller, user, CancellationToken.None));
        Assert.Equal(code, refused.Code);
    }

    [Fact]
    public async Task Metadata_is_merged_and_told()
    {
        await _host.CreateGroupAsync("c1");
        var view = await _host.Conversation("c1").PatchMetadata("u1", """{"name":null,"topic":{"a":1}}""", CancellationToken.None);

        Assert.Equal("""{"topic":{"a":1}}""", view.Metadata);
        Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.ConversationUpdated);
        Assert.Equal("""{"topic":{"a":1}}""", (await _store.Reader.FindAsync("c1", CancellationToken.None))!.Metadata);
    }

    [Fact]
    public async Task Reading_moves_forward_only_and_turns_in_app_messages_read_once_all_have_read_them()
    {
        await _host.CreateGroupAsync("c1");
        await _host.Conversation("c1").Send(GrainHost.Message("m1", channels: Channels.Chat4All), CancellationToken.None);
        await _host.Conversation("c1").Send(GrainHost.Message("m2", channels: Channels.Chat4All), CancellationToken.None);

        Assert.Equal(2, (await _host.Conversation("c1").MarkRead("u2", "u2", null, CancellationToken.None)).LastReadSeq);
        Assert.Equal(2, (await _host.Conversation("c1").MarkRead("u2", "u2", 1, CancellationToken.None)).LastReadSeq);
        Assert.DoesNotContain(_host.FanOut.Events, e => e.Type == EventTypes.MessageStatusUpdated);
        Assert.Equal(1, (await _host.Conversation("c1").MarkRead("u3", "u3", 1, CancellationToken.None)).LastReadSeq);

        Assert.Equal(2, _host.FanOut.Events.Count(e => e.Type == EventTypes.ConversationRead));
        using var status = JsonDocument.Parse(Assert.Single(_host.FanOut.Events, e => e.Type == EventTypes.MessageStatusUpdated).Data);
        Assert.Equal(("m1", "read"), (status.RootElement.GetProperty("message_id").GetString(), status.RootElement.GetProperty("new_status").GetString()));
        await Eventually.HoldsAsync("the log hears of it too", () => _host.Log.Events.Any(static e => e.Type == "message.read"));
    }

    [Fact]
    public async Task In_a_batch_one_refused_message_fails_alone_and_the_others_keep_their_order()
    {
        await _host.CreateGroupAsync("c1");
        var outcomes = await _host.Conversation("c1").SendMany(
            [GrainHost.Message("m1"), GrainHost.Message("m2", sender: "u5"), GrainHost.Message("m3"), GrainHost.Message("m1")], CancellationToken.None);

        Assert.Equal([1, null, 2, 1], outcomes.Select(outcome => outcome.Receipt?.Seq));
        Assert.Equal(ErrorCodes.NotAMember, outcomes[1].Error!.Code);
        Assert.True(outcomes[3].Receipt!.Duplicate);
    }

    [Fact]
    public async Task The_same_private_pair_has_one_conversation()
    {
        var first = await CreatePairAsync("p1", "u1", "u2");
        var second = await CreatePairAsync("p2", "u2", "u1");

        Assert.True(first.Created);
        Assert.False(second.Created);
        Assert.Equal("p1", second.Conversation.ConversationId);
    }

    [Fact]
    public async Task Whoever_is_no_member_is_refused_everything()
    {
        await _host.CreateGroupAsync("c1");
        var grain = _host.Conversation("c1");
        Func<Task>[] calls =
        [
            () => grain.Send(GrainHost.Message("m1", sender: "u5"), CancellationToken.None).AsTask(),
            () => grain.Get("u5", CancellationToken.None).AsTask(),
            () => grain.PatchMetadata("u5", "{}", CancellationToken.None),
            () => grain.AddMembers("u5", ["u4"], CancellationToken.None),
            () => grain.MarkRead("u5", "u5", null, CancellationToken.None).AsTask(),
            () => grain.Typing("u5", "u5", CancellationToken.None).AsTask(),
        ];
        foreach (var call in calls)
        {
            Assert.Equal(ErrorCodes.NotAMember, (await RefusedAsync(call)).Code);
        }
    }

    [Fact]
    public async Task A_conversation_that_is_not_there_is_not_found()
    {
        var refused = await RefusedAsync(() => _host.Conversation("nowhere").Get("u1", CancellationToken.None).AsTask());
        Assert.Equal(ErrorCodes.ConversationNotFound, refused.Code);
    }

    private static async Task<ChatError> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChatException>(call)).Error;

    private Task<CreatedConversation> CreatePairAsync(string id, string creator, string other) => _host.Conversation(id).Create(
        new CreateConversation { CreatorId = creator, Type = ConversationType.Private, Members = [creator, other], Metadata = "{}" }, CancellationToken.None);
}
