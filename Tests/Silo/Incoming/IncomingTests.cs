using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Incoming;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Api.Incoming;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Hosting;
using Chat4All.Tests.Infrastructure.Incoming;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Silo.Incoming;

/// <summary>What people write on the channels, from the platform's call to the inbox user's conversation.</summary>
[Trait("Category", "Integration")]
[Collection(nameof(IncomingTests))]
public sealed class IncomingTests : IAsyncLifetime
{
    private const string Secret = "an app secret of tests";
    private const string TelegramSecret = "a-telegram-secret";

    private AuthHost? _host;

    private AuthHost Host => _host!;

    public async Task InitializeAsync() => _host = await StartAsync("--Channels:InboxUser=user1");

    public async Task DisposeAsync() => await Host.DisposeAsync();

    [Fact]
    public async Task An_unknown_sender_becomes_a_contact_in_a_private_conversation_with_the_inbox_user()
    {
        await WhatsAppAsync(Text("wamid.1", "49170", "grüße ✓"), name: "Ada Lovelace");

        var message = await TheMessageAsync("grüße ✓");
        var contact = message.Text("from");
        var conversation = await ConversationAsync(message.Text("conversation_id"));
        Assert.Equal(["user1", contact], conversation.GetProperty("members").EnumerateArray().Select(static m => m.GetString()));
        Assert.Equal("private", conversation.Text("type"));
        Assert.Equal(["chat4all"], message.GetProperty("channels").EnumerateArray().Select(static c => c.GetString()));
        Assert.Equal("whatsapp", message.GetProperty("metadata").Text("channel"));
        var profile = await Host.GetAsync($"/v1/users/{contact}", await Host.AdminTokenAsync()).JsonAsync();
        Assert.Equal("Ada Lovelace", profile.Text("display_name"));
        Assert.Empty(profile.GetProperty("scopes").EnumerateArray());
        var address = await Get<IChannelAddressStore>().FindUserAsync("whatsapp", "49170", CancellationToken.None);
        Assert.Equal((contact, DateTimeOffset.FromUnixTimeSeconds(1504902988)), (address!.UserId, address.LastInboundAt));
        using var signIn = await Host.PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = contact, client_secret = "" });
        Assert.True(signIn.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_known_address_is_its_users_and_the_next_message_goes_to_the_same_conversation()
    {
        await Get<IChannelAddressStore>().LinkAsync("user2", "telegram", "42", DateTimeOffset.UtcNow, CancellationToken.None);

        await TelegramAsync("""{"update_id": 1, "message": {"message_id": 7, "date": 1504902988, "chat": {"id": 42, "type": "private"}, "text": "first"}}""");
        await TelegramAsync("""{"update_id": 2, "message": {"message_id": 8, "date": 1504902989, "chat": {"id": 42, "type": "private"}, "text": "second"}}""");

        var (first, second) = (await TheMessageAsync("first"), await TheMessageAsync("second"));
        Assert.Equal(("user2", "conv-test"), (first.Text("from"), first.Text("conversation_id")));
        Assert.Equal(first.Text("conversation_id"), second.Text("conversation_id"));
        Assert.True(first.GetProperty("seq").GetInt64() < second.GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task The_same_call_again_and_the_same_message_in_another_call_write_nothing()
    {
        await WhatsAppAsync(Text("wamid.1", "49171", "once"));
        var message = await TheMessageAsync("once");
        await WhatsAppAsync(Text("wamid.1", "49171", "once"));
        await WhatsAppAsync(Text("wamid.1", "49171", "once") + "," + Text("wamid.2", "49171", "behind it"));
        await TheMessageAsync("behind it");

        var messages = await MessagesAsync(message.Text("conversation_id"));
        Assert.Equal(["once", "behind it"], messages.Select(static m => m.GetProperty("payload").Text("text")));
    }

    [Fact]
    public async Task A_replay_after_the_inbox_user_was_linked_elsewhere_is_still_the_same_message()
    {
        await WhatsAppAsync(Text("wamid.1", "49172", "once"));
        var message = await TheMessageAsync("once");
        await Get<IChannelAddressStore>().LinkAsync("user1", "telegram", "1000", DateTimeOffset.UtcNow, CancellationToken.None);
        await Get<IChannelAddressStore>().LinkAsync("user1", "whatsapp", "2000", DateTimeOffset.UtcNow, CancellationToken.None);

        await WhatsAppAsync(Text("wamid.1", "49172", "once") + "," + Text("wamid.2", "49172", "then"));

        var then = await TheMessageAsync("then");
        Assert.Equal(["telegram"], then.GetProperty("channels").EnumerateArray().Select(static c => c.GetString()));
        Assert.Equal(2, (await MessagesAsync(message.Text("conversation_id"))).Count);
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task Files_and_captions_are_named_in_texts()
    {
        await WhatsAppAsync("""{"from": "49173", "id": "wamid.1", "timestamp": "1504902988", "type": "document", "document": {"id": "1", "mime_type": "application/pdf", "filename": "a.pdf", "caption": "read this"}}""");

        var caption = await TheMessageAsync("read this");
        Assert.Equal(["[document] a.pdf", "read this"], (await MessagesAsync(caption.Text("conversation_id"))).Select(static m => m.GetProperty("payload").Text("text")));
    }

    [Fact]
    public async Task Echoes_make_nothing_and_messages_behind_them_go_on()
    {
        await MessengerAsync("""{"sender": {"id": "PAGE"}, "recipient": {"id": "PSID"}, "timestamp": 1504902988000, "message": {"mid": "m1", "is_echo": true, "text": "our own"}}""");
        await MessengerAsync("""{"sender": {"id": "PSID"}, "recipient": {"id": "PAGE"}, "timestamp": 1504902988001, "message": {"mid": "m2", "text": "theirs"}}""");

        var message = await TheMessageAsync("theirs");
        Assert.Single(await MessagesAsync(message.Text("conversation_id")));
        var profile = await Host.GetAsync($"/v1/users/{message.Text("from")}", await Host.AdminTokenAsync()).JsonAsync();
        Assert.Equal("messenger contact", profile.Text("display_name"));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("""{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {"messages": [{"type": "text"}]}}]}]}""")]
    public async Task A_signed_body_that_nobody_understands_is_a_dead_letter_and_the_next_goes_on(string body)
    {
        await PostAsync("whatsapp", Encoding.UTF8.GetBytes(body));
        await WhatsAppAsync(Text("wamid.1", "49174", "after it"));

        await TheMessageAsync("after it");
        await Eventually.HoldsAsync("a dead letter", async () => (await DeadLettersAsync()).Count == 1);
        var letter = (await DeadLettersAsync())[0];
        Assert.Equal(("channel_incoming", "unreadable"), (letter.Topic, letter.Reason));
        Assert.Contains(JsonEncodedText.Encode(body[..2], System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), letter.Event, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_inbox_user_a_message_is_a_dead_letter()
    {
        await using var host = await StartAsync();
        await WhatsAppAsync(Text("wamid.1", "49175", "for nobody"), host: host);

        await Eventually.HoldsAsync("a dead letter", async () => (await DeadLettersAsync(host)).Count == 1);
        Assert.Equal("no_inbox_user", (await DeadLettersAsync(host))[0].Reason);
    }

    [Fact]
    public async Task One_message_that_cannot_be_taken_does_not_keep_out_the_others_of_its_call()
    {
        await Get<IChannelAddressStore>().LinkAsync("user1", "whatsapp", "49176", DateTimeOffset.UtcNow, CancellationToken.None);

        await WhatsAppAsync(Text("wamid.1", "49176", "to myself") + "," + Text("wamid.2", "49177", "to you"));

        await TheMessageAsync("to you");
        await Eventually.HoldsAsync("a dead letter", async () => (await DeadLettersAsync()).Count == 1);
        Assert.Equal("sender_is_inbox_user", (await DeadLettersAsync())[0].Reason);
    }

    [Fact]
    public async Task A_contact_who_was_disabled_is_not_heard()
    {
        await WhatsAppAsync(Text("wamid.1", "49178", "heard"));
        var message = await TheMessageAsync("heard");
        await Get<IUserStore>().UpdateAsync(message.Text("from"), new UserChange { IsActive = false }, CancellationToken.None);

        await WhatsAppAsync(Text("wamid.2", "49178", "not heard") + "," + Text("wamid.3", "49179", "somebody else"));

        await TheMessageAsync("somebody else");
        Assert.Single(await MessagesAsync(message.Text("conversation_id")));
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task Receipts_by_id_and_by_moment_become_statuses_of_deliveries()
    {
        await Get<IChannelAddressStore>().LinkAsync("user2", "messenger", "PSID", DateTimeOffset.UtcNow, CancellationToken.None);
        var sent = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        await SendAsync("m1", "messenger", "x1", sent);
        await SendAsync("m2", "messenger", "x2", sent.AddMinutes(1));
        await SendAsync("m3", "whatsapp", "wamid.3", sent);

        await MessengerAsync($$$"""{"sender": {"id": "PSID"}, "delivery": {"mids": ["x2"], "watermark": {{{sent.AddMinutes(2).ToUnixTimeMilliseconds()}}}}}""");
        await DeliveryAsync("m1", "delivered");
        await DeliveryAsync("m2", "delivered");
        await MessengerAsync($$$"""{"sender": {"id": "PSID"}, "timestamp": {{{sent.AddMinutes(3).ToUnixTimeMilliseconds()}}}, "read": {"watermark": {{{sent.ToUnixTimeMilliseconds()}}}}}""");
        await DeliveryAsync("m1", "read");
        Assert.Equal("delivered", (await DeliveryAsync("m2", "delivered")).Text("status"));
        await StatusAsync("""{"id": "wamid.3", "status": "failed", "timestamp": "1700000000", "recipient_id": "4917", "errors": [{"code": 131047}]}""");
        Assert.Equal("outside_window", (await DeliveryAsync("m3", "failed")).Text("error"));
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task A_receipt_that_is_faster_than_the_record_of_what_was_sent_is_waited_for()
    {
        await StatusAsync("""{"id": "wamid.9", "status": "delivered", "timestamp": "1700000000", "recipient_id": "4917"}""");
        await SendAsync("m9", "whatsapp", "wamid.9", DateTimeOffset.UtcNow);

        await DeliveryAsync("m9", "delivered");
        await StatusAsync("""{"id": "wamid.of-somebody-else", "status": "delivered", "timestamp": "1700000000", "recipient_id": "4917"}""");
        await WhatsAppAsync(Text("wamid.10", "4917", "behind it"));
        await TheMessageAsync("behind it");
        Assert.Empty(await DeadLettersAsync());
    }

    [Fact]
    public async Task Receipts_of_strangers_messages_keep_nobody_waiting_and_are_counted_when_they_are_dropped()
    {
        await using var host = await StartAsync("--Channels:InboxUser=user1", "--Channels:IncomingConcurrency=1");
        var before = await CountAsync(host, "chat4all_incoming_receipts_unknown_total{channel=\"whatsapp\"}");
        var statuses = Enumerable.Range(0, 60).Select(static i => $$"""{"id": "wamid.stranger-{{i}}", "status": "read", "timestamp": "1700000000", "recipient_id": "4930"}""");
        await PostAsync("whatsapp", Statuses(string.Join(',', statuses)), host);

        await WhatsAppAsync(Text("wamid.1", "4930", "behind them"), host: host);

        await Eventually.HoldsAsync("the message comes", async () => (await host.GetAsync("/v1/conversations", await host.TokenAsync("user1")).JsonAsync()).GetRawText().Contains("behind them", StringComparison.Ordinal));
        Assert.Equal(before, await CountAsync(host, "chat4all_incoming_receipts_unknown_total{channel=\"whatsapp\"}"));
        await Eventually.HoldsAsync("they are dropped", async () => await CountAsync(host, "chat4all_incoming_receipts_unknown_total{channel=\"whatsapp\"}") == before + 60);
    }

    [Fact]
    public async Task A_message_counts_once_although_its_call_is_looked_at_again()
    {
        const string delivered = "chat4all_incoming_messages_total{channel=\"whatsapp\",result=\"delivered\"}";
        var (before, unknown) = (await CountAsync(Host, delivered), await CountAsync(Host, "chat4all_incoming_receipts_unknown_total{channel=\"whatsapp\"}"));
        var body = $$$"""
            {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
              "messages": [{{{Text("wamid.1", "4931", "once")}}}], "statuses": [{"id": "wamid.stranger", "status": "read", "timestamp": "1700000000", "recipient_id": "4931"}]}}]}]}
            """;

        await Get<IEventLog>().AppendAsync(Topics.ChannelIncoming, [IncomingCall.ToEvent("whatsapp", "4931", Encoding.UTF8.GetBytes(body), DateTimeOffset.UtcNow)], CancellationToken.None);

        await Eventually.HoldsAsync("the receipt is dropped", async () => await CountAsync(Host, "chat4all_incoming_receipts_unknown_total{channel=\"whatsapp\"}") == unknown + 1);
        Assert.Equal(before + 1, await CountAsync(Host, delivered));
    }

    [Fact]
    public async Task A_call_as_large_as_Meta_makes_them_comes_in_whole()
    {
        await PostAsync("whatsapp", PayloadSplitTests.LargeCall(200));

        await Eventually.HoldsAsync("every message is there", async () =>
        {
            var conversations = (await Host.GetAsync("/v1/conversations", await Host.TokenAsync("user1")).JsonAsync()).GetProperty("conversations").EnumerateArray()
                .Select(static c => c.Text("conversation_id")).Where(static id => id.StartsWith("inbox.", StringComparison.Ordinal)).ToList();
            return conversations.Count == 20 && (await Task.WhenAll(conversations.Select(MessagesAsync))).All(static messages => messages.Count == 10);
        });
    }

    /// <summary>A counter's value.</summary>
    private static async Task<long> CountAsync(AuthHost host, string series) =>
        (await host.Http.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
            ? long.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>A message of user1 to user2 whose delivery on a channel was handed to its platform, as far as the store can tell.</summary>
    private async Task SendAsync(string id, string channel, string externalId, DateTimeOffset at)
    {
        var message = new { message_id = id, conversation_id = "conv-test", channels = new[] { "chat4all" }, payload = new { type = "text", text = id } };
        await Host.PostJsonAsync("/v1/messages", message, await Host.TokenAsync("user1")).JsonAsync(HttpStatusCode.Accepted);
        var deliveries = Get<IDeliveryStore>();
        await deliveries.InsertAsync([new NewDelivery(id, "user2", channel)], at, CancellationToken.None);
        var update = new DeliveryUpdate { MessageId = id, Recipient = "user2", Channel = channel, Status = MessageStatus.InTransit, At = at, ExternalId = externalId, Attempts = 1 };
        await deliveries.RecordAsync([update], at, CancellationToken.None);
    }

    /// <summary>The message's delivery, once it has this status.</summary>
    private async Task<JsonElement> DeliveryAsync(string messageId, string status)
    {
        JsonElement found = default;
        await Eventually.HoldsAsync($"{messageId} is {status}", async () =>
        {
            var answer = await Host.GetAsync($"/v1/messages/{messageId}/deliveries", await Host.TokenAsync("user1")).JsonAsync();
            found = answer.GetProperty("deliveries").EnumerateArray().Single();
            return found.Text("status") == status;
        });
        return found;
    }

    private Task StatusAsync(string status) => PostAsync("whatsapp", Statuses(status));

    private static byte[] Statuses(string statuses) => Encoding.UTF8.GetBytes(
        $$$"""{"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {"statuses": [{{{statuses}}}]}}]}]}""");

    private static Task<AuthHost> StartAsync(params string[] settings) => AuthHost.StartAsync(
        [
            $"--Channels:WhatsApp:AppSecret={Secret}", $"--Channels:Messenger:AppSecret={Secret}", $"--Channels:Telegram:WebhookSecret={TelegramSecret}",
            "--Channels:IncomingTimeoutMilliseconds=5000", .. settings,
        ]);

    private static string Text(string id, string from, string text) =>
        $$$"""{"from": "{{{from}}}", "id": "{{{id}}}", "timestamp": "1504902988", "type": "text", "text": {"body": "{{{text}}}"}}""";

    private Task WhatsAppAsync(string messages, string? name = null, AuthHost? host = null) => PostAsync("whatsapp", Encoding.UTF8.GetBytes(
        $$$"""
        {"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [{"field": "messages", "value": {
          "contacts": [{"wa_id": "49170", "profile": {"name": "{{{name}}}"}}], "messages": [{{{messages}}}]}}]}]}
        """), host);

    private Task MessengerAsync(string item) =>
        PostAsync("messenger", Encoding.UTF8.GetBytes($$$"""{"object": "page", "entry": [{"id": "PAGE", "time": 1504902988000, "messaging": [{{{item}}}]}]}"""));

    private Task TelegramAsync(string update) => PostAsync("telegram", Encoding.UTF8.GetBytes(update));

    private async Task PostAsync(string channel, byte[] body, AuthHost? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/channels/{channel}/webhook") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Hub-Signature-256", WebhookSignatureTests.Sign(body, Secret));
        request.Headers.Add("X-Telegram-Bot-Api-Secret-Token", TelegramSecret);
        using var response = await (host ?? Host).Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The inbox user's message with this text, once it has come.</summary>
    private async Task<JsonElement> TheMessageAsync(string text)
    {
        JsonElement found = default;
        await Eventually.HoldsAsync($"'{text}' comes", async () =>
        {
            var conversations = await Host.GetAsync("/v1/conversations", await Host.TokenAsync("user1")).JsonAsync();
            foreach (var conversation in conversations.GetProperty("conversations").EnumerateArray())
            {
                foreach (var message in (await MessagesAsync(conversation.Text("conversation_id"))).Where(m => m.GetProperty("payload").Text("text") == text))
                {
                    found = message;
                }
            }

            return found.ValueKind == JsonValueKind.Object;
        });
        return found;
    }

    private async Task<JsonElement> ConversationAsync(string id) => await Host.GetAsync($"/v1/conversations/{id}", await Host.TokenAsync("user1")).JsonAsync();

    private async Task<IReadOnlyList<JsonElement>> MessagesAsync(string conversationId) =>
        [.. (await Host.GetAsync($"/v1/conversations/{conversationId}/messages?after_seq=0", await Host.TokenAsync("user1")).JsonAsync()).GetProperty("messages").EnumerateArray()];

    private Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(AuthHost? host = null) =>
        (host ?? Host).Services.GetRequiredService<IDeadLetterStore>().ListAsync(null, 0, 100, CancellationToken.None);

    private T Get<T>()
        where T : notnull => Host.Services.GetRequiredService<T>();
}
