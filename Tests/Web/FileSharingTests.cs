using System.Security.Cryptography;
using Chat4All.Tests.Hosting;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Chat4All.Tests.Web;

/// <summary>Files between two windows of a real browser.</summary>
[Trait("Category", "Integration")]
public sealed class FileSharingTests(ChromiumFixture chromium, HubFixture hub) : IClassFixture<ChromiumFixture>, IClassFixture<HubFixture>
{
    private const int Mebibyte = 1_048_576;

    /// <summary>Drops a picture that the browser paints itself.</summary>
    private const string DropPicture =
        """
        async (side) => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 360, height: 200 });
          const paint = canvas.getContext('2d');
          const sky = paint.createLinearGradient(0, 0, 360, 200);
          sky.addColorStop(0, '#2b59d9');
          sky.addColorStop(1, '#f3b15a');
          paint.fillStyle = sky;
          paint.fillRect(0, 0, 360, 200);
          const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([blob], 'evening.png', { type: 'image/png' }));
          for (const type of ['dragover', 'drop']) side.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        }
        """;

    /// <summary>Shows one picture whose first answer fails, and 43 more, of which 40 are kept.</summary>
    private const string ShowPictures =
        """
        async () => {
          const { fileView } = await import('/views/files.js');
          const blob = await new Promise((done) => Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).toBlob(done, 'image/png'));
          let asked = 0;
          let letGo = 0;
          const revoke = URL.revokeObjectURL;
          URL.revokeObjectURL = (address) => { letGo++; revoke.call(URL, address); };
          const chat = {
            file: async (id) => ({ filename: id, file_size: 1, mime_type: 'image/png' }),
            fileContent: async (id) => {
              if (id === 'first' && ++asked === 1) throw new Error('away');
              return blob;
            },
          };
          const show = async (fileId) => {
            const node = fileView({ chat, fileId, onLoaded: () => {} });
            while (!node.querySelector('img') && !node.textContent.includes('not available')) await new Promise((next) => setTimeout(next, 5));
            return node.querySelector('img') ? 'shown' : 'not available';
          };
          const outcome = [await show('first'), await show('first'), `${asked} asked`];
          for (let i = 0; i < 43; i++) await show(`picture-${i}`);
          URL.revokeObjectURL = revoke;
          return [...outcome, `${letGo} let go`];
        }
        """;

    /// <summary>Asks for 60 pictures at once, more than are kept, and answers how many are seen once all have come, and how many addresses were let go.</summary>
    private const string ShowAtOnce =
        """
        async () => {
          const { fileView } = await import('/views/files.js');
          const blob = await new Promise((done) => Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).toBlob(done, 'image/png'));
          let letGo = 0;
          const revoke = URL.revokeObjectURL;
          URL.revokeObjectURL = (address) => { letGo++; revoke.call(URL, address); };
          let come;
          const all = new Promise((done) => { come = done; });
          let settled = 0;
          const settle = () => { settled++; };
          const chat = { file: async (id) => ({ filename: id, file_size: 1, mime_type: 'image/png' }), fileContent: async () => { await all; return blob; } };
          const nodes = Array.from({ length: 60 }, (_, i) => fileView({ chat, fileId: `at-once-${i}`, onLoaded: settle }));
          for (const node of nodes) while (node.querySelector('button').disabled) await new Promise((next) => setTimeout(next, 5));
          come();
          for (let i = 0; i < 1000 && (settled < 60 || letGo < 20); i++) await new Promise((next) => setTimeout(next, 5));
          URL.revokeObjectURL = revoke;
          return `${nodes.filter((node) => node.querySelector('img')?.naturalWidth === 1).length} seen, ${letGo} let go`;
        }
        """;

    [SkippableFact]
    public async Task A_file_is_paused_goes_on_and_arrives_and_a_dropped_picture_is_shown()
    {
        await using var sender = await ChatWindow.SignInAsync(chromium.Browser, hub.Server.BaseUrl, "user1");
        await using var receiver = await ChatWindow.SignInAsync(chromium.Browser, hub.Server.BaseUrl, "user2");
        await sender.OpenConversationAsync("conv-test");
        await receiver.OpenConversationAsync("conv-test");
        var content = RandomNumberGenerator.GetBytes((5 * Mebibyte) + 7);
        var chunks = 0;
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await sender.Page.RouteAsync("**/chunks?*", async route =>
        {
            if (Interlocked.Increment(ref chunks) > 2)
            {
                await released.Task;
            }

            try
            {
                await route.ContinueAsync();
            }
            catch (PlaywrightException)
            {
                // The page has given this one up.
            }
        });

        await sender.Page.GetByLabel("Files", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "holiday <plan>.bin", MimeType = "application/octet-stream", Buffer = content });
        var transfer = sender.Page.Locator(".transfer");
        await Expect(transfer.Locator(".detail")).ToHaveTextAsync("2.0 MB of 5.0 MB", new() { Timeout = 30_000 });
        await SaveAsync(sender, "uploading");
        await transfer.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(transfer.Locator(".detail")).ToHaveTextAsync("2.0 MB of 5.0 MB, paused", new() { Timeout = 30_000 });
        released.SetResult();
        await transfer.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();

        var save = receiver.Page.GetByRole(AriaRole.Button, new() { Name = "Download holiday <plan>.bin" });
        await Expect(save).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(transfer).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        // Two, the one that was given up, and the four that were missing: none again.
        Assert.Equal(7, chunks);
        var download = await receiver.Page.RunAndWaitForDownloadAsync(() => save.ClickAsync());
        Assert.Equal("holiday _plan_.bin", download.SuggestedFilename);
        Assert.Equal(content, await File.ReadAllBytesAsync(await download.PathAsync()));

        await sender.Page.Locator(".conversation").EvaluateAsync(DropPicture);
        var picture = receiver.Page.GetByAltText("evening.png");
        await Expect(picture).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Expect(picture).ToHaveJSPropertyAsync("naturalWidth", 360);
        await SaveAsync(receiver, "received");

        Assert.Empty(sender.Complaints.Concat(receiver.Complaints));
    }

    [SkippableFact]
    public async Task A_picture_that_could_not_be_had_is_asked_for_again_and_old_ones_are_let_go()
    {
        await using var window = await ChatWindow.SignInAsync(chromium.Browser, hub.Server.BaseUrl, "user1");

        var outcome = await window.Page.EvaluateAsync<string[]>(ShowPictures);

        Assert.Equal(["not available", "shown", "2 asked", "4 let go"], outcome);
        Assert.Empty(window.Complaints);
    }

    [SkippableFact]
    public async Task More_pictures_at_once_than_are_kept_are_all_seen()
    {
        await using var window = await ChatWindow.SignInAsync(chromium.Browser, hub.Server.BaseUrl, "user1");

        Assert.Equal("60 seen, 20 let go", await window.Page.EvaluateAsync<string>(ShowAtOnce));
        Assert.Empty(window.Complaints);
    }

    /// <summary>Pictures for people, where they are asked for.</summary>
    private static async Task SaveAsync(ChatWindow window, string name)
    {
        if (Environment.GetEnvironmentVariable("CHAT4ALL_TEST_SCREENSHOTS") is { } folder)
        {
            await window.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"files-{name}.png") });
        }
    }
}
