using System.Net;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>The one script, called from another folder.</summary>
[Trait("Category", "Integration")]
public sealed class ScriptTests
{
    private static readonly string Script = RepositoryFolder.PathOf("chat4all");

    /// <summary>Where the program was not built before, the script builds it first.</summary>
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Up_runs_the_hub_on_the_folder_named_says_where_it_is_and_stops_on_SIGTERM()
    {
        using var shell = new Shell();
        var port = FreePort.Next();
        var output = new ProcessOutput();
        using var up = shell.Start($"exec '{Script}' up --port {port} --data mine", output);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        await Eventually.HoldsAsync($"/ready of\n{output.Tail()}", () => IsReadyAsync(http, up, output), BuildLimit);
        using var page = await http.GetAsync("/");
        using var docs = await http.GetAsync("/docs");
        var accounts = await shell.RunAsync($"'{Script}' user list --data mine");
        up.AskToStop();

        Assert.Equal(0, await up.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.OK, docs.StatusCode);
        Assert.Contains("user1", accounts, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(shell.Folder, "mine")), "--data is relative to where the script was called");
        foreach (var word in new[] { $":{port}", "/v1", "/docs", "/metrics", "user1 … user10" })
        {
            Assert.Contains(word, output.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Once_built_the_hub_is_ready_soon_and_says_in_five_lines_where_it_is()
    {
        using var shell = new Shell();
        shell.Variables["CHAT4ALL_LOG_FORMAT"] = "text";
        await shell.RunAsync($"'{Script}' user list --data mine");
        var port = FreePort.Next();
        var output = new ProcessOutput();
        using var up = shell.Start($"exec '{Script}' up --port {port} --data mine", output);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        // 3 s on a machine that does nothing else.
        await Eventually.HoldsAsync("/ready", () => IsReadyAsync(http, up, output), TimeSpan.FromSeconds(12));
        await Eventually.HoldsAsync("it says where it is", () => output.Text.Contains("Users ", StringComparison.Ordinal));
        up.AskToStop();
        await up.WaitForExitAsync(TimeSpan.FromSeconds(30));

        // What begins with a time of day is the log.
        var lines = output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !char.IsAsciiDigit(line[0])).ToArray();
        Assert.InRange(lines.Length, 1, 5);
    }

    [Theory]
    [InlineData("frobnicate", "there is no command frobnicate")]
    [InlineData("backup", "backup needs a file")]
    [InlineData("test everything", "test takes unit, integration or all")]
    public async Task A_wrong_command_says_what_is_right(string arguments, string says)
    {
        using var shell = new Shell();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => shell.RunAsync($"'{Script}' {arguments}"));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, ChildProcess up, ProcessOutput output)
    {
        Assert.False(up.HasExited, output.Text);
        try
        {
            using var answer = await http.GetAsync("/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
