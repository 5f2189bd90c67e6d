using Chat4All.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Chat4All.Tests.Web;

/// <summary>The web page as people use it: two users in two windows of a real browser. Every test has a pair of users for itself.</summary>
[Trait("Category", "Integration")]
public sealed class TwoBrowsersTests(ChromiumFixture chromium, HubFixture hub) : IClassFixture<ChromiumFixture>, IClassFixture<HubFixture>, IAsyncLifetime
{
    private static readonly BrowserNewContextOptions Phone = new()
    {
        ViewportSize = new() { Width = 390, Height = 844 },
        ColorScheme = ColorScheme.Dark,
        HasTouch = true,
        IsMobile = true,
    };

    private readonly List<ChatWindow> _windows = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var window in _windows)
        {
            await window.DisposeAsync();
        }

        Assert.Empty(_windows.SelectMany(window => window.Complaints));
    }

    [SkippableFact]
    public async Task A_message_appears_in_the_other_window_is_counted_as_unread_and_marked_as_read_when_opened()
    {
        var sender = await SignInAsync("user1");
        var receiver = await SignInAsync("user2");
        await sender.OpenConversationAsync("conv-test");

        await sender.SendAsync("Are you there?");

        await Expect(receiver.Conversation("conv-test").Locator(".badge")).ToContainTextAsync("1");
        await Expect(receiver.Conversation("conv-test").Locator(".preview")).ToHaveTextAsync("Are you there?");
        await Expect(receiver.Page).ToHaveTitleAsync("(1) Chat4All");
        await Expect(sender.Messages("Are you there?")).ToHaveAttributeAsync("data-status", "delivered");

        await receiver.OpenConversationAsync("conv-test");

        await Expect(receiver.Messages("Are you there?")).ToBeVisibleAsync();
        await Expect(receiver.Conversation("conv-test").Locator(".badge")).ToHaveCountAsync(0);
        await Expect(receiver.Page).ToHaveTitleAsync("Chat4All");
        await Expect(sender.Messages("Are you there?")).ToHaveAttributeAsync("data-status", "read");

        await receiver.SendAsync("Yes, I am.");

        await Expect(sender.Messages("Yes, I am.")).ToBeVisibleAsync();
        await Expect(sender.Page.Locator("#announcer")).ToContainTextAsync("Yes, I am.");
        await Expect(receiver.Messages("Yes, I am.")).ToHaveAttributeAsync("data-status", "read");
    }

    [SkippableFact]
    public async Task Presence_and_typing_are_seen_by_the_other_side()
    {
        var first = await SignInAsync("user1");
        await first.OpenConversationAsync("conv-test");
        var header = first.Page.Locator(".conversation .bar");

        var second = await SignInAsync("user2");
        await Expect(header).ToContainTextAsync("online");
        await second.OpenConversationAsync("conv-test");
        await second.Page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }).PressSequentiallyAsync("Hm");
        await Expect(first.Page.Locator(".typing-line")).ToHaveTextAsync("user2 is typing…");

        await second.Context.CloseAsync();
        await Expect(header).ToContainTextAsync("offline", new() { Timeout = 15_000 });
    }

    [SkippableFact]
    public async Task A_page_that_is_opened_later_shows_who_is_online_already()
    {
        var first = await SignInAsync("user1");
        await first.OpenConversationAsync("conv-test");

        var second = await SignInAsync("user2");

        await Expect(second.Conversation("conv-test").Locator(".presence.online")).ToHaveCountAsync(1);
        await second.OpenConversationAsync("conv-test");
        await Expect(second.Page.Locator(".conversation .bar")).ToContainTextAsync("online");
        await second.Page.ReloadAsync();
        await Expect(second.Page.Locator(".conversation .bar")).ToContainTextAsync("online");
    }

    [SkippableFact]
    public async Task A_reload_keeps_the_user_the_open_conversation_its_messages_and_their_marks()
    {
        var window = await SignInAsync("user3");
        await window.StartPrivateConversationAsync("user4");
        await window.SendAsync("Before the reload");
        await Expect(window.Messages("Before the reload")).ToHaveAttributeAsync("data-status", "delivered");

        await window.Page.ReloadAsync();

        await window.ExpectConnectedAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "user4", Level = 1 })).ToBeVisibleAsync();
        await Expect(window.Messages("Before the reload")).ToHaveAttributeAsync("data-status", "delivered");
        await window.SendAsync("After the reload");
        await Expect(window.Messages("After the reload")).ToHaveAttributeAsync("data-status", "delivered");
    }

    [SkippableFact]
    public async Task After_a_cut_connection_nothing_is_missed_and_nothing_doubled_on_either_side()
    {
        var near = await SignInAsync("user5");
        var far = await SignInAsync("user6");
        var conversation = await near.StartPrivateConversationAsync("user6");
        await near.SendAsync("Before the cut");
        await far.OpenConversationAsync(conversation);
        await Expect(far.Messages("Before the cut")).ToBeVisibleAsync();

        await far.Context.SetOfflineAsync(true);
        await Expect(far.ConnectionState).ToHaveTextAsync("Connecting…", new() { Timeout = 20_000 });
        await far.SendAsync("Written without a network");
        await Expect(far.Messages("Written without a network")).ToHaveAttributeAsync("data-status", "pending");
        foreach (var number in Enumerable.Range(1, 3))
        {
            await near.SendAsync($"Missed {number}");
            await Expect(near.Messages($"Missed {number}")).ToHaveAttributeAsync("data-status", "delivered");
        }

        await far.Context.SetOfflineAsync(false);
        await far.ExpectConnectedAsync();

        foreach (var text in (string[])["Missed 1", "Missed 2", "Missed 3", "Written without a network"])
        {
            await Expect(far.Messages(text)).ToHaveCountAsync(1);
            await Expect(near.Messages(text)).ToHaveCountAsync(1);
        }

        await Expect(near.Messages("Missed 3")).ToHaveAttributeAsync("data-status", "read");
        Assert.Equal(Sequence(5), await far.SequencesAsync());
        Assert.Equal(Sequence(5), await near.SequencesAsync());
    }

    [SkippableFact]
    public async Task A_status_that_comes_with_a_known_message_is_something_to_show()
    {
        var window = await SignInAsync("user3");

        // As when the list of conversations overtakes a message's own event: nothing but its status is new then.
        const string script =
            """
            async () => {
              const { Thread } = await import('/thread.js');
              const thread = new Thread();
              const message = { id: 'm', conversationId: 'c', seq: 1, from: 'user3', payload: { type: 'text' } };
              return [thread.put({ ...message, status: 'accepted' }), thread.put({ ...message, status: 'delivered' }), thread.put({ ...message, status: 'accepted' })];
            }
            """;
        var shown = await window.Page.EvaluateAsync<bool[]>(script);
        Assert.Equal([true, true, false], shown);
    }

    [SkippableFact]
    public async Task Messages_that_could_not_be_read_before_a_cut_are_read_after_it()
    {
        var near = await SignInAsync("user3");
        var far = await SignInAsync("user4");
        var conversation = await near.StartPrivateConversationAsync("user4");
        await near.SendAsync("Half way there");
        await Expect(near.Messages("Half way there")).ToHaveAttributeAsync("data-status", "delivered");
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        far.Page.RequestFailed += (_, _) => aborted.TrySetResult();
        await far.Page.RouteAsync("**/v1/conversations/*/messages*", static route => route.AbortAsync(), new() { Times = 1 });
        await far.OpenConversationAsync(conversation);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await Expect(far.Messages("Half way there")).ToHaveCountAsync(0);

        await far.Context.SetOfflineAsync(true);
        await Expect(far.ConnectionState).ToHaveTextAsync("Connecting…", new() { Timeout = 20_000 });
        await far.Context.SetOfflineAsync(false);

        await Expect(far.Messages("Half way there")).ToHaveCountAsync(1, new() { Timeout = 20_000 });
        await Expect(near.Messages("Half way there")).ToHaveAttributeAsync("data-status", "read");
    }

    [SkippableFact]
    public async Task A_message_written_while_the_server_is_down_is_sent_once_when_it_is_back()
    {
        var writer = await SignInAsync("user3");
        var reader = await SignInAsync("user5");
        var conversation = await writer.StartPrivateConversationAsync("user5");
        await reader.OpenConversationAsync(conversation);

        await hub.Server.KillAsync();
        await Expect(writer.ConnectionState).ToHaveTextAsync("Connecting…", new() { Timeout = 20_000 });
        await writer.SendAsync("Nobody listens");
        await Expect(writer.Messages("Nobody listens")).ToHaveAttributeAsync("data-status", "pending");
        await hub.Server.StartAgainAsync();

        await reader.ExpectConnectedAsync();
        await Expect(writer.Messages("Nobody listens")).ToHaveAttributeAsync("data-status", "read", new() { Timeout = 20_000 });
        await Expect(reader.Messages("Nobody listens")).ToHaveCountAsync(1);
        Assert.Equal(Sequence(1), await reader.SequencesAsync());
        Assert.Equal(Sequence(1), await writer.SequencesAsync());
    }

    [SkippableFact]
    public async Task Scrolling_up_brings_the_older_messages_down_to_the_first_one()
    {
        var window = await SignInAsync("user7");
        var conversation = await window.StartPrivateConversationAsync("user8");
        using var other = await hub.Server.SignInAsync("user8");
        foreach (var number in Enumerable.Range(1, 130))
        {
            await other.SendAsync(conversation, $"Line {number}");
        }

        await Expect(window.Messages("Line 130")).ToBeVisibleAsync();
        await window.Page.ReloadAsync();
        await Expect(window.Messages("Line 130")).ToBeInViewportAsync();
        await Expect(window.Messages("Line 1")).ToHaveCountAsync(0);

        foreach (var number in (int[])[81, 31, 1])
        {
            await window.Page.GetByRole(AriaRole.Region, new() { Name = "Messages" }).HoverAsync();
            await window.Page.Mouse.WheelAsync(0, -100_000);
            await Expect(window.Messages($"Line {number}")).ToHaveCountAsync(1);
        }

        Assert.Equal(Sequence(130), await window.SequencesAsync());
    }

    [SkippableFact]
    public async Task On_a_phone_the_list_and_the_conversation_take_turns_and_nothing_is_wider_than_the_screen()
    {
        var window = await SignInAsync("user9", Phone);
        var conversation = await window.StartPrivateConversationAsync("user10");
        await window.SendAsync($"https://example.org/{new string('x', 300)} <img src=x onerror=alert(1)>");
        await Expect(window.Page.Locator(".message[data-status=delivered]")).ToHaveCountAsync(1);
        await ExpectNoOverflowAsync(window, "phone-conversation");
        await Expect(window.Conversation(conversation)).ToBeHiddenAsync();

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Back" }).ClickAsync();

        await Expect(window.Conversation(conversation)).ToBeVisibleAsync();
        await Expect(window.Page.Locator(".composer")).ToBeHiddenAsync();
        await ExpectNoOverflowAsync(window, "phone-list");
    }

    private async Task<ChatWindow> SignInAsync(string user, BrowserNewContextOptions? options = null)
    {
        var window = await ChatWindow.SignInAsync(chromium.Browser, hub.Server.BaseUrl, user, options);
        _windows.Add(window);
        return window;
    }

    private static IEnumerable<long> Sequence(int last) => Enumerable.Range(1, last).Select(seq => (long)seq);

    private static async Task ExpectNoOverflowAsync(ChatWindow window, string name)
    {
        await window.Page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "screenshots", $"{name}.png") });
        var tooWide = await window.Page.EvaluateAsync<string[]>(
            """
            () => [...document.querySelectorAll('body *:not(.visually-hidden, .skip)')]
              .filter(node => node.getClientRects().length > 0 && node.getBoundingClientRect().right > innerWidth + 1)
              .map(node => `${node.tagName}.${node.className}`)
            """);
        Assert.Empty(tooWide);
    }
}
