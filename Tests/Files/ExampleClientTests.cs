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
}
