using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Chat4All.Tests.Hosting;
using static Chat4All.Tests.Files.FileCalls;

namespace Chat4All.Tests.Files;

/// <summary>Uploads by the chunk door, end to end.</summary>
[Trait("Category", "Integration")]
public sealed class UploadTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Chunks_in_any_order_and_at_once_become_the_file()
    {
        using var user = await hub.Server.SignInAsync("user1");
        using var other = await hub.Server.SignInAsync("user2");
        var content = RandomNumberGenerator.GetBytes((7 * Mebibyte) + 123);
        var id = await user.InitiateAsync(content, checksum: Convert.ToHexString(SHA256.HashData(content)));
        var chunks = content.Chunk(Mebibyte).Select((bytes, i) => (Number: i + 1, Bytes: bytes)).ToArray();

        await Task.WhenAll(chunks.Reverse().Take(6).Select(async chunk =>
        {
            using var answer = await user.ChunkAsync(id, chunk.Number, chunk.Bytes, Convert.ToHexStringLower(SHA256.HashData(chunk.Bytes)));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }));
        var half = await user.StatusAsync(id);
        using var early = await user.Http.PostAsync($"/v1/files/{id}/complete", null);
        var refusal = await early.Content.ReadFromJsonAsync<JsonElement>();
        using var first = await user.Http.PatchAsync($"/v1/files/upload/{id}/1", Raw(chunks[0].Bytes));
        using var second = await user.ChunkAsync(id, 2, chunks[1].Bytes);
        var last = await second.Content.ReadFromJsonAsync<JsonElement>();
        var completed = await user.CompleteAsync(id);
        await user.MergedAsync(id);

        Assert.Equal(("uploading", 6, 8), (half.GetProperty("status").GetString(), half.GetProperty("uploaded_chunks").GetInt32(), half.GetProperty("total_chunks").GetInt32()));
        Assert.Equal([1, 2], half.GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal((HttpStatusCode.BadRequest, "incomplete_upload"), (early.StatusCode, refusal.GetProperty("error").GetString()));
        Assert.Equal([1, 2], refusal.GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal((id, 2, 8, 8, 100), (last.GetProperty("upload_id").GetString(), last.GetProperty("chunk_number").GetInt32(), last.GetProperty("uploaded_chunks").GetInt32(),
            last.GetProperty("total_chunks").GetInt32(), last.GetProperty("percentage").GetInt32()));
        Assert.Contains(completed.GetProperty("status").GetString(), new[] { "merging", "completed" });
        var file = await other.GetAsync($"/v1/files/{id}");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), file.GetProperty("checksum_sha256").GetString());
        Assert.Equal(content, await other.Http.GetByteArrayAsync(file.GetProperty("download_url").GetString()));
    }

    [Fact]
    public async Task The_conversations_sockets_hear_that_a_file_is_complete()
    {
        using var user = await hub.Server.SignInAsync("user1");
        using var other = await hub.Server.SignInAsync("user2");
        await using var socket = await HubSocket.OpenAsync(hub.Server.BaseUrl, other.AccessToken);

        var id = await user.UploadAsync(RandomNumberGenerator.GetBytes(10));

        var told = await socket.WaitForAsync("file.completed", one => HubSocket.TypeOf(one) == "file.completed" && one.GetProperty("data").GetProperty("file_id").GetString() == id);
        Assert.Equal("conv-test", told.GetProperty("data").GetProperty("conversation_id").GetString());
    }

    [Fact]
    public async Task A_completed_file_is_sent_as_a_message_of_its_conversation_and_no_other()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var elsewhere = await user.CreateGroupAsync(["user1", "user2", "user3"]);
        var file = await user.UploadAsync(RandomNumberGenerator.GetBytes(10));

        using var sent = await user.Http.PostAsJsonAsync("/v1/messages", FileMessage("conv-test", file));
        using var refused = await user.Http.PostAsJsonAsync("/v1/messages", FileMessage(elsewhere, file));

        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal((HttpStatusCode.BadRequest, "file_not_found"), (refused.StatusCode, await refused.ErrorAsync()));

        static object FileMessage(string conversation, string file) =>
            new { conversation_id = conversation, channels = new[] { "chat4all" }, payload = new { type = "file", file_id = file } };
    }

    [Fact]
    public async Task The_same_chunk_again_is_fine_and_another_is_a_conflict_and_leaves_nothing()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(2 * Mebibyte);
        var id = await user.InitiateAsync(content);
        using var first = await user.ChunkAsync(id, 1, content[..Mebibyte]);

        using var again = await user.ChunkAsync(id, 1, content[..Mebibyte]);
        using var other = await user.ChunkAsync(id, 1, content[Mebibyte..]);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, again.StatusCode, other.StatusCode));
        Assert.Equal("duplicate_chunk", await other.ErrorAsync());
        using var second = await user.ChunkAsync(id, 2, content[Mebibyte..]);
        await user.CompleteAsync(id);
        await user.MergedAsync(id);
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_connections_that_send_the_same_chunk_at_once_one_wins(bool sameBytes)
    {
        using var user = await hub.Server.SignInAsync("user1");
        var one = RandomNumberGenerator.GetBytes(Mebibyte);
        var other = sameBytes ? one : RandomNumberGenerator.GetBytes(Mebibyte);
        var id = await user.InitiateAsync(one);
        using var halfway = new CountdownEvent(2);
        var both = new TaskCompletionSource();

        var answers = await Task.WhenAll(SendAsync(one), SendAsync(other));
        await user.CompleteAsync(id);
        await user.MergedAsync(id);

        var won = Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(sameBytes ? HttpStatusCode.OK : HttpStatusCode.Conflict, answers[1 - won].StatusCode);
        Assert.Equal(won == 0 ? one : other, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
        if (!sameBytes)
        {
            Assert.Equal("duplicate_chunk", await answers[1 - won].ErrorAsync());
        }

        Task<HttpResponseMessage> SendAsync(byte[] bytes) => user.Http.PostAsync($"/v1/files/{id}/chunks?chunk_number=1", new PausedContent(bytes, Mebibyte / 2, () =>
        {
            if (halfway.Signal())
            {
                both.SetResult();
            }

            return both.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }));
    }

    [Fact]
    public async Task Completing_many_times_at_once_is_completing_once()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = RandomNumberGenerator.GetBytes(100);
        var id = await user.InitiateAsync(content);
        await user.SendChunksAsync(id, content);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.CompleteAsync(id)));
        await user.MergedAsync(id);

        Assert.Equal("completed", (await user.CompleteAsync(id)).GetProperty("status").GetString());
        Assert.Equal(content, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [Fact]
    public async Task A_refused_file_says_why_and_cannot_be_downloaded()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var content = "\u007fELF and so on"u8.ToArray();
        var id = await user.InitiateAsync(content, type: "image/png");
        await user.SendChunksAsync(id, content);
        await user.CompleteAsync(id);

        var status = await user.EndedAsync(id);

        Assert.Equal(("failed", "content_refused"), (status.GetProperty("status").GetString(), status.GetProperty("error").GetString()));
        using var download = await user.ContentAsync(id);
        Assert.Equal((HttpStatusCode.Conflict, "file_not_completed"), (download.StatusCode, await download.ErrorAsync()));
        using var again = await user.Http.PostAsync($"/v1/files/{id}/complete", null);
        Assert.Equal((HttpStatusCode.Conflict, "upload_failed"), (again.StatusCode, await again.ErrorAsync()));
    }

    [Fact]
    public async Task What_an_archive_claims_of_its_contents_changes_nothing()
    {
        // A local header that claims 4 GiB out of a few bytes, as zip bombs do.
        byte[] bomb = [.. "PK\x03\x04"u8, 20, 0, 0, 0, 8, 0, .. new byte[8], 16, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, (byte)'a', .. new byte[16]];
        using var user = await hub.Server.SignInAsync("user1");

        var id = await user.UploadAsync(bomb, type: "application/zip");

        Assert.Equal(bomb, await user.Http.GetByteArrayAsync($"/v1/files/{id}/content"));
    }

    [Fact]
    public async Task An_abandoned_upload_is_gone()
    {
        using var user = await hub.Server.SignInAsync("user1");
        var id = await user.InitiateAsync(new byte[10]);

        using var deleted = await user.Http.DeleteAsync($"/v1/files/{id}");
        using var status = await user.Http.GetAsync($"/v1/files/{id}/status");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.StatusCode, status.StatusCode));
    }
}
