using System.Net;
using System.Security.Cryptography;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.RealTime;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>tus where something goes wrong on the way.</summary>
[Trait("Category", "Integration")]
public sealed class TusOutageTests
{
    [SkippableTheory]
    [InlineData(HubStore.Sqlite)]
    [InlineData(HubStore.Postgres)]
    public async Task An_offset_that_was_answered_outlives_a_killed_server(HubStore store)
    {
        Skip.If(store == HubStore.Postgres && !PostgresDatabase.IsAvailable, PostgresDatabase.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Store = store });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes((2 * Mebibyte) + 1);
        var path = await user.CreateTusAsync(content.Length);
        using var first = await user.WriteAsync(path, 0, content[..12_345]);

        await hub.KillAndStartAgainAsync();

        Assert.Equal((12_345, 12_345), (first.Offset(), await user.OffsetAsync(path)));
        using var rest = await user.WriteAsync(path, 12_345, content[12_345..]);
        await user.MergedAsync(TusCalls.IdOf(path));
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{TusCalls.IdOf(path)}/content"));
    }

    [Fact]
    public async Task An_expired_upload_is_gone()
    {
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__Expiry"] = "00:01:00" } });
        using var user = await hub.SignInAsync("user1");
        var path = await user.CreateTusAsync(10);
        await FileRows.ExpireAsync(hub);

        await hub.KillAndStartAgainAsync();
        using var head = await user.HeadAsync(path);
        using var write = await user.WriteAsync(path, 0, [1]);

        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.Gone), (head.StatusCode, write.StatusCode));
    }

    [SkippableTheory]
    [InlineData("a folder", 200)]
    [InlineData("a bucket", 40)]
    public async Task The_client_from_npm_is_cut_three_times_and_goes_on(string store, int mebibytes)
    {
        Shell.Require("node");
        Skip.If(store == "a bucket" && !S3Server.IsAvailable, S3Server.SkipReason);
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = store == "a bucket" ? S3Server.Shared.Environment : new Dictionary<string, string>() });
        using var user = await hub.SignInAsync("user1");
        using var shell = new Shell();
        shell.Variables["NODE_PATH"] = NpmClients.Modules;
        var script = RepositoryFolder.PathOf("Tests", "Files", "Clients", "tus.cjs");

        var output = await shell.RunAsync($"exec node '{script}' {hub.BaseUrl.ToString().TrimEnd('/')} {user.AccessToken} conv-test {mebibytes * Mebibyte}");

        var words = output.Trim().Split(' ');
        await user.MergedAsync(words[0]);
        await using var content = await user.Http.GetStreamAsync($"/v1/files/{words[0]}/content?redirect=false");
        Assert.Equal(words[1], Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
    }
}
