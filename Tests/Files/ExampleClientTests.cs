using System.Security.Cryptography;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary><c>docs/examples/upload.sh</c> as it is.</summary>
[Trait("Category", "Integration")]
public sealed class ExampleClientTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [SkippableFact]
    public async Task The_script_goes_on_where_it_was_stopped_and_sends_the_file()
    {
        Shell.Require("curl", "jq", "sha256sum", "split");
        using var user = await hub.Server.SignInAsync("user1");
        using var shell = new Shell();
        shell.Variables["CHAT4ALL_URL"] = hub.Server.BaseUrl.ToString().TrimEnd('/');
        shell.Variables["CHAT4ALL_CHUNK_SIZE"] = $"{Mebibyte}";
        var content = RandomNumberGenerator.GetBytes((5 * Mebibyte) + 9);
        await File.WriteAllBytesAsync(Path.Combine(shell.Folder, "my file.bin"), content);
        var script = $"'{RepositoryFolder.PathOf("docs", "examples", "upload.sh")}' 'my file.bin'";
        // As a run leaves it that was stopped behind its second chunk.
        var id = await user.InitiateAsync(content);
        await user.SendChunksAsync(id, content[..(2 * Mebibyte)]);
        await shell.RunAsync($"mkdir 'my file.bin.upload' && echo {id} >'my file.bin.upload/id' && split -d -a 5 -b {Mebibyte} 'my file.bin' 'my file.bin.upload/chunk_'");

        var address = (await shell.RunAsync($"exec {script}")).Trim();
        var again = (await shell.RunAsync($"exec {script}")).Trim();

        Assert.EndsWith($"/v1/files/{id}/content", address, StringComparison.Ordinal);
        Assert.NotEqual(address, again);
        Assert.Equal(content, await user.Http.GetByteArrayAsync(new Uri(again).PathAndQuery));
        var messages = await user.GetAsync("/v1/conversations/conv-test/messages");
        Assert.Contains(messages.GetProperty("messages").EnumerateArray(), message => message.GetProperty("payload").GetProperty("file_id").GetString() == id);
        Assert.False(Directory.Exists(Path.Combine(shell.Folder, "my file.bin.upload")));
    }

    [SkippableTheory]
    [InlineData("expired")]
    [InlineData("refused")]
    public async Task The_script_begins_anew_when_what_it_left_is_over(string end)
    {
        Shell.Require("curl", "jq", "sha256sum", "split");
        await using var own = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__Expiry"] = "00:01:00" } });
        using var user = await own.SignInAsync("user1");
        using var shell = new Shell();
        shell.Variables["CHAT4ALL_URL"] = own.BaseUrl.ToString().TrimEnd('/');
        var content = end == "refused" ? "\u007fELF and so on"u8.ToArray() : RandomNumberGenerator.GetBytes(1000);
        await File.WriteAllBytesAsync(Path.Combine(shell.Folder, "a.bin"), content);
        var id = await user.InitiateAsync(content, type: "image/png");
        await user.SendChunksAsync(id, content);
        if (end == "refused")
        {
            await user.CompleteAsync(id);
            await user.EndedAsync(id);
        }
        else
        {
            await FileRows.ExpireAsync(own);
            await own.KillAndStartAgainAsync();
        }

        await shell.RunAsync($"mkdir a.bin.upload && echo {id} >a.bin.upload/id && cp a.bin a.bin.upload/chunk_00000");

        var address = (await shell.RunAsync($"exec '{RepositoryFolder.PathOf("docs", "examples", "upload.sh")}' a.bin")).Trim();

        Assert.DoesNotContain(id, address, StringComparison.Ordinal);
        Assert.Equal(content, await user.Http.GetByteArrayAsync(new Uri(address).PathAndQuery));
    }
}
