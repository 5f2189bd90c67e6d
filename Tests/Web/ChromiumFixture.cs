using Microsoft.Playwright;

namespace Chat4All.Tests.Web;

/// <summary>One headless Chromium for a test class: <c>CHAT4ALL_TEST_CHROMIUM</c>, else <c>/usr/bin/chromium</c>. Playwright's package brings its own driver.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The browser; skips the calling test where there is none.</summary>
    public IBrowser Browser
    {
        get
        {
            Skip.If(_browser is null, $"no browser at {ExecutablePath}: install chromium or set CHAT4ALL_TEST_CHROMIUM");
            return _browser!;
        }
    }

    private static string ExecutablePath => Environment.GetEnvironmentVariable("CHAT4ALL_TEST_CHROMIUM") ?? "/usr/bin/chromium";

    public async Task InitializeAsync()
    {
        if (!File.Exists(ExecutablePath))
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = ExecutablePath, Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
