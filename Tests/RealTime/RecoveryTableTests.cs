using System.Net;
using System.Text.Json;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.RealTime;

/// <summary>Every case of coming back, as one table.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class RecoveryTableTests(SocketHost host) : IClassFixture<SocketHost>
{
    private const string NotThere = "no-such-conversation";

    /// <summary>What happened while the client was away, what it asks for, and what must come.</summary>
    /// <param name="Before">Messages that the client had when it left.</param>
    /// <param name="Missed">Messages sent while it was away.</param>
    /// <param name="From">The <c>last_seq</c> that it resumes from.</param>
    /// <param name="Expected">First and last seq replayed; null for none.</param>
    /// <param name="Code">The error, where there must be one.</param>
    public sealed record Case(string Name, int Before, int Missed, long From, (long First, long Last)? Expected, string? Code = null)
    {
        /// <summary>Messages sent during the replay.</summary>
        public int During { get; init; }

        /// <summary>The member is removed while away.</summary>
        public bool Removed { get; init; }

        /// <summary>Asks for a conversation that is not there.</summary>
        public bool Elsewhere { get; init; }

        /// <summary>By the time of leaving (<c>/ws?since=</c>) instead of by seq.</summary>
        public bool Since { get; init; }

        /// <summary>The connection has been live for a while, and got messages, before it asks.</summary>
        public int LiveFirst { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases => new()
    {
        new Case("nothing missed", 3, 0, 3, null),
        new Case("nothing missed, nothing there", 0, 0, 0, null),
        new Case("some missed", 3, 4, 3, (4, 7)),
        new Case("one missed", 3, 1, 3, (4, 4)),
        new Case("more than a page", 2, 350, 2, (3, 352)),
        new Case("exactly a page", 0, 100, 0, (1, 100)),
        new Case("zero", 5, 2, 0, (1, 7)),
        new Case("before what was seen", 5, 2, 2, (3, 7)),
        new Case("unknown conversation", 1, 1, 1, null, "unknown") { Elsewhere = true },
        new Case("future seq", 3, 1, 9, null, "future_seq"),
        new Case("removed member", 3, 2, 3, null, "not_member") { Removed = true },
        new Case("during live traffic", 2, 250, 2, (3, 252)) { During = 120 },
        new Case("during live traffic with nothing missed", 2, 0, 2, null) { During = 60 },
        new Case("after having been live", 2, 30, 2, (3, 32)) { LiveFirst = 3 },
        new Case("by time", 3, 4, 0, (4, 7)) { Since = true },
        new Case("by time, more than a page", 3, 150, 0, (4, 153)) { Since = true },
        new Case("by time during live traffic", 3, 150, 0, (4, 153)) { Since = true, During = 60 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whoever_comes_back_gets_what_was_missed_once_and_in_order(Case row)
    {
        var owner = await host.UserAsync("user3");
        var conversation = await owner.CreateGroupAsync(["user3", "user4", "user5"]);
        var left = await SendAsync(owner, conversation, row.Before);
        await SendAsync(owner, conversation, row.Missed);
        var head = row.Before + row.Missed;
        if (row.Removed)
        {
            await RemoveAsync(owner, conversation);
        }

        await using var socket = await host.ConnectAsync("user4", row.Since ? "&since=" + left : "");
        if (row.LiveFirst > 0)
        {
            await SendAsync(owner, conversation, row.LiveFirst);
            head += row.LiveFirst;
            await socket.WaitForMessageAsync(conversation, head);
        }

        var traffic = SendAsync(owner, conversation, row.During);
        if (!row.Since)
        {
            await ResumeAsync(socket, row, conversation);
        }

        await traffic;
        head += row.During;
        await CheckAsync(socket, row, owner, conversation, head);
    }

    private static async Task ResumeAsync(HubSocket socket, Case row, string conversation)
    {
        var asked = row.Elsewhere ? NotThere : conversation;
        var answer = await socket.AskAsync("resume", new { conversations = new Dictionary<string, long> { [asked] = row.From } });

        Assert.Equal("ack", HubSocket.TypeOf(answer));
        var told = Assert.Single(socket.Events, e => HubSocket.TypeOf(e) is "resumed" or "error").GetProperty("data");
        Assert.Equal(asked, told.GetProperty("conversation_id").GetString());
        Assert.Equal(row.Code, told.TryGetProperty("code", out var code) ? code.GetString() : null);
        if (row.Code is null)
        {
            Assert.InRange(told.GetProperty("last_seq").GetInt64(), row.Before + row.Missed, row.Before + row.Missed + row.LiveFirst + row.During);
        }
    }

    private static async Task CheckAsync(HubSocket socket, Case row, HubClient owner, string conversation, long head)
    {
        if (row.Removed)
        {
            await owner.SendAsync(conversation, "not for a former member");
            await socket.AskAsync("resume", new { conversations = new Dictionary<string, long>() });
            Assert.Empty(socket.Seqs(conversation));
            return;
        }

        // Live goes on behind the replay, without a gap and without a repeat.
        await owner.SendAsync(conversation, "the next one");
        await socket.WaitForMessageAsync(conversation, head + 1);
        var replayed = row.Expected is var (first, last) ? Range(first, last) : [];
        var live = Range(row.Before + row.Missed + 1, head + 1);
        var seqs = socket.Seqs(conversation);
        if (row.LiveFirst > 0)
        {
            Assert.Equal(Range(row.Before + row.Missed + 1, row.Before + row.Missed + row.LiveFirst), seqs.Take(row.LiveFirst));
            seqs = [.. seqs.Order()];
        }

        Assert.Equal(replayed.Concat(live), seqs);
    }

    private static IEnumerable<long> Range(long first, long last) => Enumerable.Range((int)first, (int)(last - first + 1)).Select(static seq => (long)seq);

    /// <summary>Answers when the last one was accepted.</summary>
    private static async Task<string?> SendAsync(HubClient sender, string conversation, int count)
    {
        string? accepted = null;
        foreach (var chunk in Enumerable.Range(0, count).Chunk(count > 100 ? 50 : 10))
        {
            var messages = chunk.Select(i => new { conversation_id = conversation, channels = new[] { "chat4all" }, content = $"message {i}" });
            var answer = await sender.PostAsync("/v1/messages/batch", new { messages }, HttpStatusCode.Accepted);
            accepted = answer.GetProperty("results").EnumerateArray().Last().GetProperty("created_at").GetString();
        }

        return accepted;
    }

    private static async Task RemoveAsync(HubClient owner, string conversation)
    {
        using var response = await owner.Http.DeleteAsync($"/v1/conversations/{conversation}/members/user4");
        response.EnsureSuccessStatusCode();
    }
}
