using System.Net;
using System.Security.Cryptography;
using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.RealTime;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>tus where something goes wrong on the way.</summary>
[Trait("Category", "Integration")]
public sealed class TusOutageTests
{
    private const int Piece = TusBodies.PieceSize;

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

    [SkippableFact]
    public async Task A_server_that_goes_away_mid_body_is_503_and_the_upload_goes_on_behind_what_it_had_stored()
    {
        Skip.IfNot(S3Server.IsAvailable, S3Server.SkipReason);
        await using var s3 = await S3Server.CreateAsync();
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = s3.Access.Environment });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes((2 * Piece) + 1);
        var path = await user.CreateTusAsync(content.Length);

        using var away = await user.WriteAsync(path, 0, new PausedContent(content, Piece + 1, async () =>
        {
            await PiecesAsync(user, path, 1);
            await s3.PauseAsync();
        }));
        using var refused = await user.WriteAsync(path, Piece, content[Piece..]);
        var offset = await user.OffsetAsync(path);
        await s3.ResumeAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (away.StatusCode, await away.ErrorAsync()));
        Assert.NotNull(away.Headers.RetryAfter);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, Piece), (refused.StatusCode, offset));
        await EndAsync(user, path, offset, content);
    }

    [SkippableFact]
    public async Task A_disk_that_gets_full_mid_body_is_507_and_the_upload_goes_on_behind_what_there_was_room_for()
    {
        using var disk = await SmallDisk.MakeAsync("8m");
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__Folder"] = disk.Folder } });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes((2 * Piece) + 1);
        var path = await user.CreateTusAsync(content.Length);

        using var full = await user.WriteAsync(path, 0, content);
        var offset = await user.OffsetAsync(path);
        using var still = await user.WriteAsync(path, offset, content[Piece..]);
        await disk.ResizeAsync("40m");

        Assert.Equal(((HttpStatusCode)507, "storage_full", Piece), (full.StatusCode, await full.ErrorAsync(), offset));
        Assert.Equal((HttpStatusCode)507, still.StatusCode);
        await EndAsync(user, path, offset, content);
    }

    [SkippableFact]
    public async Task A_body_with_a_checksum_that_finds_a_full_disk_counts_not_at_all_and_whole_when_there_is_room()
    {
        using var disk = await SmallDisk.MakeAsync("8m");
        await using var hub = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["Files__Folder"] = disk.Folder } });
        using var user = await hub.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes((2 * Piece) + 1);
        var checksum = ("Upload-Checksum", "sha256 " + Convert.ToBase64String(SHA256.HashData(content)));
        var path = await user.CreateTusAsync(content.Length);

        using var full = await user.WriteAsync(path, 0, content, checksum);
        var offset = await user.OffsetAsync(path);
        await disk.ResizeAsync("40m");
        using var whole = await user.WriteAsync(path, 0, content, checksum);

        Assert.Equal(((HttpStatusCode)507, "storage_full", 0), (full.StatusCode, await full.ErrorAsync(), offset));
        Assert.Equal((HttpStatusCode.NoContent, content.Length), (whole.StatusCode, whole.Offset()));
        await user.MergedAsync(TusCalls.IdOf(path));
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

    /// <summary>Waits until so many pieces count, by the other door: to ask by this one would stop the body.</summary>
    private static Task PiecesAsync(HubClient user, string path, int count) => Eventually.HoldsAsync(
        $"{count} pieces count", async () => (await user.StatusAsync(TusCalls.IdOf(path))).GetProperty("uploaded_chunks").GetInt32() == count);

    /// <summary>Sends the rest and looks at what became of the whole.</summary>
    private static async Task EndAsync(HubClient user, string path, long offset, byte[] content)
    {
        using var rest = await user.WriteAsync(path, offset, content[(int)offset..]);
        Assert.Equal((HttpStatusCode.NoContent, content.Length), (rest.StatusCode, rest.Offset()));
        await user.MergedAsync(TusCalls.IdOf(path));
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{TusCalls.IdOf(path)}/content"));
    }
}
