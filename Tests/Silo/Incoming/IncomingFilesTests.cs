using System.Net;
using System.Text;
using System.Text.Json;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Api.Incoming;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Silo.Incoming;

/// <summary>Files that people send on the channels, from the platform's call to a file of the inbox user's conversation.</summary>
[Trait("Category", "Integration")]
[Collection(nameof(IncomingTests))]
public sealed class IncomingFilesTests : IAsyncLifetime
{
    private const string Secret = "an app secret of tests";
    private const string TelegramSecret = "a-telegram-secret";

    private MediaStandIn _platform = null!;

    public async Task InitializeAsync() => _platform = await MediaStandIn.StartAsync();

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Theory]
    [InlineData("whatsapp")]
    [InlineData("telegram")]
    [InlineData("messenger")]
    [InlineData("instagram")]
    public async Task A_file_becomes_one_of_the_conversation_with_its_caption_behind_it_once_however_often_the_call_comes(string channel)
    {
        await using var host = await StartAsync();
        await PostAsync(host, channel, Image(channel, "1", "49170", "look"));
        var messages = await MessagesAsync(host, 2);

        var file = messages[0];
        Assert.Equal(["file", "text"], messages.Select(static message => message.GetProperty("payload").Text("type")));
        Assert.Equal("look", messages[1].GetProperty("payload").Text("text"));
        Assert.Equal(channel, file.GetProperty("metadata").Text("channel"));
        var fileId = file.GetProperty("payload").Text("file_id");
        using (var content = await host.GetAsync($"/v1/files/{fileId}/content", await host.TokenAsync("user1")))
        {
            Assert.True(content.IsSuccessStatusCode, await content.Content.ReadAsStringAsync());
            Assert.Equal(_platform.Content, await content.Content.ReadAsByteArrayAsync());
            Assert.Equal("image/jpeg", content.Content.Headers.ContentType!.MediaType);
            Assert.Contains("image.jpeg", content.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(file.Text("from"), (await host.Services.GetRequiredService<IFileStore>().FindAsync(fileId, CancellationToken.None))!.UserId);
        await PostAsync(host, channel, Image(channel, "1", "49170", "look"));
        await PostAsync(host, channel, Image(channel, "2", "49170", "and this"));
        Assert.Equal(["file", "text", "file", "text"], (await MessagesAsync(host, 4)).Select(static message => message.GetProperty("payload").Text("type")));
        Assert.Equal(2, _platform.Fetched.Count);
    }

    [Theory]
    [InlineData(404, 6)]
    [InlineData(200, 1001)]
    [InlineData(200, 0)]
    public async Task What_is_gone_too_large_or_empty_is_named_in_a_text_and_its_caption_is_kept(int status, int size)
    {
        await using var host = await StartAsync("--Channels:MaxIncomingFileBytes=1000");
        (_platform.Status, _platform.Content) = (status == 200 ? null : status, new byte[size]);

        await PostAsync(host, "whatsapp", Image("whatsapp", "1", "49170", "look"));

        await AssertStandInAsync(host);
        Assert.Single(_platform.Fetched);
    }

    [Fact]
    public async Task What_does_not_begin_like_its_type_is_refused_as_in_an_upload()
    {
        await using var host = await StartAsync();
        _platform.Content = "#!/bin/sh"u8.ToArray();

        await PostAsync(host, "whatsapp", Image("whatsapp", "1", "49170", "look"));

        await AssertStandInAsync(host);
    }

    [Fact]
    public async Task A_file_on_a_private_address_is_not_fetched()
    {
        await using var host = await StartAsync(
            "--Channels:AllowPrivateAddresses=false", "--Channels:WhatsApp:Connector=simulator", "--Channels:Telegram:Connector=simulator",
            "--Channels:Messenger:BaseUrl=https://graph.example.org", "--Channels:Instagram:BaseUrl=https://graph.example.org");

        await PostAsync(host, "messenger", Image("messenger", "1", "49170", "look", address: _platform.Address.AbsoluteUri.Replace("http://127.0.0.1", "https://localhost", StringComparison.Ordinal)));
        await AssertStandInAsync(host);
        await PostAsync(host, "messenger", Image("messenger", "2", "49170", "look"));

        Assert.All((await MessagesAsync(host, 4)).Select(static message => message.GetProperty("payload").Text("type")), static type => Assert.Equal("text", type));
        Assert.Empty(_platform.Fetched);
    }

    [Fact]
    public async Task A_platform_that_fails_is_asked_again_while_others_are_heard()
    {
        await using var host = await StartAsync("--Channels:IncomingConcurrency=1");
        _platform.Status = 503;

        await PostAsync(host, "whatsapp", Image("whatsapp", "1", "49170", "look"));
        await Eventually.HoldsAsync("the first attempt", () => _platform.Fetched.Count > 0);
        await PostAsync(host, "telegram", Encoding.UTF8.GetBytes(
            """{"update_id": 1, "message": {"message_id": 7, "date": 1504902988, "chat": {"id": 42, "type": "private"}, "text": "meanwhile"}}"""));
        await MessagesAsync(host, 1);
        _platform.Status = null;

        var messages = await MessagesAsync(host, 3);
        Assert.Equal(["meanwhile"], messages.Where(static message => message.GetProperty("metadata").Text("channel") == "telegram").Select(static m => m.GetProperty("payload").Text("text")));
        Assert.Contains(messages, static message => message.GetProperty("payload").Text("type") == "file");
    }

    [Fact]
    public async Task A_platform_that_goes_on_failing_is_given_up_after_three_more_attempts()
    {
        await using var host = await StartAsync();
        _platform.Status = 500;

        await PostAsync(host, "telegram", Image("telegram", "1", "49170", "look"));

        await AssertStandInAsync(host);
        Assert.Equal(4, _platform.Fetched.Count);
        Assert.Empty(await host.Services.GetRequiredService<IDeadLetterStore>().ListAsync(null, 0, 100, CancellationToken.None));
    }

    private static async Task AssertStandInAsync(AuthHost host) =>
        Assert.Equal(["[image]", "look"], (await MessagesAsync(host, 2)).Select(static message => message.GetProperty("payload").Text("text")));

    private Task<AuthHost> StartAsync(params string[] settings) => AuthHost.StartAsync(
    [
        "--Channels:InboxUser=user1", "--Channels:IncomingTimeoutMilliseconds=5000", "--Channels:AllowPrivateAddresses=true",
        $"--Channels:WhatsApp:AppSecret={Secret}", $"--Channels:Messenger:AppSecret={Secret}", $"--Channels:Instagram:AppSecret={Secret}",
        $"--Channels:Telegram:WebhookSecret={TelegramSecret}",
        "--Channels:WhatsApp:Connector=cloud_api", $"--Channels:WhatsApp:BaseUrl={_platform.Address}v23.0", "--Channels:WhatsApp:PhoneNumberId=1234567",
        $"--Channels:WhatsApp:AccessToken={MediaStandIn.WhatsAppToken}",
        "--Channels:Telegram:Connector=bot_api", $"--Channels:Telegram:BaseUrl={_platform.Address}", $"--Channels:Telegram:BotToken={MediaStandIn.BotToken}",
        "--Channels:Messenger:Connector=graph_api", $"--Channels:Messenger:BaseUrl={_platform.Address}v23.0", "--Channels:Messenger:AccessToken=a-token",
        "--Channels:Instagram:Connector=graph_api", $"--Channels:Instagram:BaseUrl={_platform.Address}v23.0", "--Channels:Instagram:AccessToken=a-token",
        .. settings,
    ]);

    /// <summary>A platform's call about one picture with a caption, for Messenger and Instagram with a text.</summary>
    private byte[] Image(string channel, string id, string from, string caption, string? address = null) => Encoding.UTF8.GetBytes(channel switch
    {
        "whatsapp" =>
            $$$"""
            {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {"messages": [{"from": "{{{from}}}", "id": "wamid.{{{id}}}",
              "timestamp": "1504902988", "type": "image", "image": {"id": "media-1", "mime_type": "image/jpeg", "caption": "{{{caption}}}"}}]}}]}]}
            """,
        "telegram" =>
            $$$"""
            {"update_id": {{{id}}}, "message": {"message_id": {{{id}}}, "date": 1504902988, "chat": {"id": {{{from}}}, "type": "private"}, "caption": "{{{caption}}}",
              "photo": [{"file_id": "small"}, {"file_id": "media-1"}]}}
            """,
        _ =>
            $$$"""
            {"object": "{{{(channel == "messenger" ? "page" : "instagram")}}}", "entry": [{"id": "P", "messaging": [{"sender": {"id": "{{{from}}}"}, "timestamp": 1504902988000,
              "message": {"mid": "m{{{id}}}", "text": "{{{caption}}}", "attachments": [{"type": "image", "payload": {"url": "{{{address ?? _platform.Address.AbsoluteUri}}}attachment?signature=a%2Fb"}}]}}]}]}
            """,
    });

    private static async Task PostAsync(AuthHost host, string channel, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/channels/{channel}/webhook") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", WebhookSignatureTests.Sign(body, Secret));
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", TelegramSecret);
        using var response = await host.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>What came in, once it is that many messages, by conversation and seq.</summary>
    private static async Task<IReadOnlyList<JsonElement>> MessagesAsync(AuthHost host, int count)
    {
        var token = await host.TokenAsync("user1");
        List<JsonElement> found = [];
        await Eventually.HoldsAsync($"{count} messages", async () =>
        {
            found.Clear();
            var conversations = await host.GetAsync("/v1/conversations", token).JsonAsync();
            foreach (var id in conversations.GetProperty("conversations").EnumerateArray().Select(static c => c.Text("conversation_id")).Where(static id => id.StartsWith("inbox.", StringComparison.Ordinal)))
            {
                found.AddRange((await host.GetAsync($"/v1/conversations/{id}/messages?after_seq=0", token).JsonAsync()).GetProperty("messages").EnumerateArray());
            }

            return found.Count >= count;
        });
        Assert.Equal(count, found.Count);
        return found;
    }
}
