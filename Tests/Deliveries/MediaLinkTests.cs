using System.Globalization;
using System.Net;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Connectors;
using Chat4All.Tests.Files;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Data.Sqlite;

namespace Chat4All.Tests.Deliveries;

/// <summary>The links under which platforms fetch files.</summary>
[Trait("Category", "Integration")]
public sealed class MediaLinkTests
{
    private const string Passing = """{"error": {"message": "(#131016) Service unavailable", "code": 131016}}""";
    private const string Final = """{"error": {"message": "(#131026) Message undeliverable", "code": 131026}}""";

    [Fact]
    public async Task A_link_is_made_for_each_attempt_works_for_five_minutes_and_is_written_down_nowhere()
    {
        await using var platform = await WhatsAppStandIn.StartAsync();
        await using var host = await AuthHost.StartAsync(
            "--Channels:AllowPrivateAddresses=true", "--Channels:WhatsApp:Connector=cloud_api", $"--Channels:WhatsApp:BaseUrl={platform.Address}v23.0",
            $"--Channels:WhatsApp:PhoneNumberId={WhatsAppStandIn.PhoneNumberId}", $"--Channels:WhatsApp:AccessToken={WhatsAppStandIn.Token}", "--Channels:WhatsApp:CheckWindow=false");
        using var user = await HubClient.SignInAsync(host.Http.BaseAddress!, "user1", HubServer.DemoSecret, null);
        using (var linked = await host.SendAsync(HttpMethod.Put, "/v1/users/user2/channels/whatsapp", await host.AdminTokenAsync(), new { address = "4917155501" }))
        {
            Assert.Equal(HttpStatusCode.OK, linked.StatusCode);
        }

        var content = "what the platform fetches"u8.ToArray();
        var fileId = await user.UploadAsync(content, filename: "a.bin");
        platform.AnswerNext(500, Passing);
        await SendAsync(user, fileId, "taken-at-last");
        await Eventually.HoldsAsync("the second attempt", () => platform.Received.Count == 2);
        platform.AnswerNext(400, Final);
        await SendAsync(user, fileId, "refused-for-good");
        await Eventually.HoldsAsync("the dead letter", async () => await CountAsync(host, "select count(*) from dead_letters") == 1);

        var links = platform.Received.Select(static request => new Uri(request.Json.GetProperty("document").Text("link"))).ToList();
        Assert.NotEqual(links[0], links[1]);
        var expires = long.Parse(QueryHelpers.ParseQuery(links[1].Query)["expires"].ToString(), CultureInfo.InvariantCulture);
        Assert.InRange(expires - host.Time.GetUtcNow().ToUnixTimeSeconds(), 240, 300);
        Assert.Equal(content, await host.Http.GetByteArrayAsync(links[1]));
        host.Time.Advance(TimeSpan.FromMinutes(5));
        using (var late = await host.Http.GetAsync(links[1]))
        {
            Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        }

        foreach (var secret in new[] { "signature=", WhatsAppStandIn.Token, user.AccessToken })
        {
            Assert.Equal(0, await CountAsync(host, "select count(*) from outbox_events where payload like $secret", secret));
            Assert.Equal(0, await CountAsync(host, "select count(*) from event_log where value like $secret", secret));
            Assert.Equal(0, await CountAsync(host, "select count(*) from dead_letters where event like $secret", secret));
        }

        // The same search finds what is there.
        Assert.True(await CountAsync(host, "select count(*) from event_log where value like $secret", fileId) >= 2);
    }

    private static async Task SendAsync(HubClient user, string fileId, string messageId) => await user.PostAsync(
        "/v1/messages",
        new { message_id = messageId, conversation_id = "conv-test", channels = new[] { "whatsapp" }, to = new[] { "user2" }, payload = new { type = "file", file_id = fileId } },
        HttpStatusCode.Accepted);

    private static async Task<long> CountAsync(AuthHost host, string sql, string part = "")
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(host.DataFolder, "chat4all.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$secret", $"%{part}%");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
