using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Chat4All.Tests.Web;

/// <summary>A user's browser window on the hub's web page, in a browser profile of its own.</summary>
internal sealed class ChatWindow : IAsyncDisposable
{
    private readonly Uri _hub;
    private readonly List<string> _complaints = [];

    private ChatWindow(IBrowserContext context, IPage page, Uri hub)
    {
        Context = context;
        Page = page;
        _hub = hub;
        page.PageError += (_, error) => _complaints.Add($"script error: {error}");
        page.Request += (_, request) => NoteForeignRequest(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                _complaints.Add(message.Text);
            }
        };
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Script errors, policy violations and requests to other hosts since the window was opened.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>The message elements on screen that hold exactly this text.</summary>
    public ILocator Messages(string text) => Page.Locator(".message").Filter(new() { Has = Page.GetByText(text, new() { Exact = true }) });

    public ILocator Conversation(string conversationId) => Page.Locator($"[data-conversation-id='{conversationId}']");

    public ILocator ConnectionState => Page.Locator(".connection");

    public static async Task<ChatWindow> OpenAsync(IBrowser browser, Uri hub, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var window = new ChatWindow(context, await context.NewPageAsync(), hub);
        await window.Page.GotoAsync(hub.ToString());
        return window;
    }

    /// <summary>Opens a window, signs in as a demo user and waits for the hub.</summary>
    public static async Task<ChatWindow> SignInAsync(IBrowser browser, Uri hub, string user, BrowserNewContextOptions? options = null)
    {
        var window = await OpenAsync(browser, hub, options);
        await window.Page.GetByRole(AriaRole.Button, new() { Name = user, Exact = true }).ClickAsync();
        await window.ExpectConnectedAsync();
        return window;
    }

    public Task ExpectConnectedAsync() => Expect(ConnectionState).ToHaveTextAsync("Connected", new() { Timeout = 15_000 });

    public Task OpenConversationAsync(string conversationId) => Conversation(conversationId).Locator("a").ClickAsync();

    /// <summary>Starts a conversation by the dialog and answers its id.</summary>
    public async Task<string> StartPrivateConversationAsync(string other)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = other, Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = other, Exact = true, Level = 1 })).ToBeVisibleAsync();
        return Uri.UnescapeDataString(new Uri(Page.Url).Fragment["#/c/".Length..]);
    }

    public async Task SendAsync(string text)
    {
        var composer = Page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });
        await composer.FillAsync(text);
        await composer.PressAsync("Enter");
    }

    /// <summary>The <c>seq</c> of every message on screen, from top to bottom.</summary>
    public async Task<long[]> SequencesAsync() =>
        (await Page.Locator("[data-seq]").EvaluateAllAsync<JsonElement>("nodes => nodes.map(node => Number(node.dataset.seq))"))
            .EnumerateArray().Select(seq => seq.GetInt64()).ToArray();

    public ValueTask DisposeAsync() => Context.DisposeAsync();

    private void NoteForeignRequest(string url)
    {
        // What a script made into an address of its own belongs to the page's host.
        var address = url.StartsWith("blob:", StringComparison.Ordinal) ? url["blob:".Length..] : url;
        if (new Uri(address).Authority != _hub.Authority)
        {
            _complaints.Add($"request to another host: {url}");
        }
    }
}
