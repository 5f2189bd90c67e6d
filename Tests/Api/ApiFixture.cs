using System.Net.Http.Headers;
using Chat4All.Tests.Hosting;
using Microsoft.Data.Sqlite;

namespace Chat4All.Tests.Api;

/// <summary>A server with a group <c>group-1</c> of user1 (owner), user2 and user3, in which user1 sent <c>message-1</c>.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    /// <summary>What a refused request must leave alone.</summary>
    private static readonly string[] Tables = ["users", "conversations", "conversation_members", "messages", "outbox_events", "channel_addresses", "webhooks", "files"];

    private HubServer? _server;
    private HubClient? _user;
    private HubClient? _admin;

    public HubServer Server => _server ?? throw new InvalidOperationException("The fixture has not started.");

    /// <summary>user1, owner of <c>group-1</c>.</summary>
    public HubClient User => _user ?? throw new InvalidOperationException("The fixture has not started.");

    /// <summary>The administrator, who is in no conversation.</summary>
    public HubClient Admin => _admin ?? throw new InvalidOperationException("The fixture has not started.");

    public async Task InitializeAsync()
    {
        _server = await HubServer.StartAsync();
        _user = await Server.SignInAsync("user1");
        _admin = await Server.SignInAsAdminAsync();
        await User.CreateGroupAsync(["user1", "user2", "user3"], "group-1");
        await User.SendAsync("group-1", "the first", "message-1");
    }

    public async Task DisposeAsync()
    {
        _user?.Dispose();
        _admin?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>Makes a request as somebody.</summary>
    /// <param name="method">HTTP method.</param>
    /// <param name="path">Sent as it stands, dots and escapes included.</param>
    /// <param name="caller">Whose token it carries.</param>
    /// <param name="body">Null: none.</param>
    /// <param name="contentType">Null: no such header.</param>
    public async Task<HttpResponseMessage> RequestAsync(string method, string path, ApiCaller caller, byte[]? body = null, string? contentType = "application/json")
    {
        // Without this flag Uri would tidy "..%2f" and the like away before the server sees it.
        var address = new Uri(Server.BaseUrl.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);
            // Like curl: a server that refuses a large body without reading it all would otherwise break the client's sending.
            request.Headers.ExpectContinue = body.Length > 1024;
        }

        return await (caller switch { ApiCaller.User => User.Http, ApiCaller.Admin => Admin.Http, _ => Server.Http }).SendAsync(request);
    }

    /// <summary>How many rows each table holds.</summary>
    public async Task<string> CountRowsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Directory.GetFiles(Server.DataFolder, "*.db").Single()};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        var counts = new List<string>();
        foreach (var table in Tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select count(*) from {table}";
            counts.Add($"{table} {await command.ExecuteScalarAsync()}");
        }

        return string.Join(", ", counts);
    }
}
