using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.LoadTests;

/// <summary>As much of the wire contract as the load generator uses, in memory, so that the generator is tested apart from the hub.</summary>
internal sealed class StubHub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, StubConversation> _conversations = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<StubSocket>> _sockets = new();

    private Task? _stall;
    private int _count;

    private StubHub(WebApplication app) => _app = app;

    public Uri Uri { get; private set; } = new("http://127.0.0.1");

    /// <summary>Every n-th message is accepted and forgotten; 0: none.</summary>
    public int LosesEvery { get; set; }

    /// <summary>Every n-th message is answered with 503; 0: none.</summary>
    public int RefusesEvery { get; set; }

    /// <summary>How long after the first message nothing is answered.</summary>
    public TimeSpan Stall { get; set; }

    public static async Task<StubHub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var hub = new StubHub(builder.Build());
        hub.Map();
        await hub._app.StartAsync();
        hub.Uri = new Uri(hub._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return hub;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets.Values.SelectMany(sockets => sockets))
        {
            socket.Stop();
        }

        await _app.DisposeAsync();
    }

    private void Map()
    {
        _app.UseWebSockets();
        _app.MapPost("/auth/token", (JsonElement body) => Results.Json(new { access_token = body.GetProperty("client_id").GetString(), expires_in = 900 }));
        _app.MapPost("/v1/users", () => Results.StatusCode(201));
        _app.MapPost("/v1/conversations", Create);
        _app.MapGet("/v1/conversations", List);
        _app.MapPost("/v1/messages", async (JsonElement body) =>
        {
            await LazyInitializer.EnsureInitialized(ref _stall, () => Task.Delay(Stall));
            return Accept(body) is { } answer ? Results.Json(answer, statusCode: 202) : Results.StatusCode(503);
        });
        _app.MapPost("/v1/messages/batch", (JsonElement body) =>
            Results.Json(new { results = body.GetProperty("messages").EnumerateArray().Select(Accept).ToList() }, statusCode: 202));
        _app.MapGet("/metrics", static () => "");
        _app.Map("/ws", ListenAsync);
    }

    private static string Caller(HttpContext context) => context.Request.Headers.Authorization.ToString()["Bearer ".Length..];

    private IResult Create(JsonElement body)
    {
        var id = body.GetProperty("conversation_id").GetString()!;
        var members = body.GetProperty("members").EnumerateArray().Select(member => member.GetString()!).ToArray();
        return Results.StatusCode(_conversations.TryAdd(id, new StubConversation(id, members)) ? 201 : 409);
    }

    private IResult List(HttpContext context, int limit, string? cursor)
    {
        var caller = Caller(context);
        var mine = _conversations.Values.Where(one => one.Members.Contains(caller)).OrderBy(one => one.Id).ToList();
        var start = cursor is null ? 0 : int.Parse(cursor);
        return Results.Json(new
        {
            conversations = mine.Skip(start).Take(limit).Select(one => new { conversation_id = one.Id, last_seq = one.LastSeq }),
            next_cursor = start + limit < mine.Count ? (start + limit).ToString() : null,
        });
    }

    private object? Accept(JsonElement message)
    {
        var count = Interlocked.Increment(ref _count);
        if (RefusesEvery > 0 && count % RefusesEvery == 0)
        {
            return null;
        }

        var conversation = _conversations[message.GetProperty("conversation_id").GetString()!];
        var id = message.TryGetProperty("message_id", out var given) ? given.GetString()! : Guid.CreateVersion7().ToString();
        var seq = LosesEvery > 0 && count % LosesEvery == 0 ? conversation.LastSeq : conversation.Append(id, Deliver);
        if (message.GetProperty("channels")[0].GetString() != "chat4all")
        {
            Send(conversation, new { type = "message.status_updated", data = new { message_id = id, old_status = "in_transit", new_status = "delivered" } });
        }

        return new { status = "accepted", message_id = id, conversation_id = conversation.Id, seq, created_at = DateTimeOffset.UtcNow };
    }

    private void Deliver(StubConversation conversation, string messageId, long seq) =>
        Send(conversation, new { type = "message.created", data = new { message_id = messageId, seq } });

    private void Send(StubConversation conversation, object liveEvent)
    {
        var frame = JsonSerializer.SerializeToUtf8Bytes(liveEvent);
        foreach (var socket in conversation.Members.SelectMany(member => _sockets.GetValueOrDefault(member, [])))
        {
            socket.Send(frame);
        }
    }

    private async Task ListenAsync(HttpContext context)
    {
        using var webSocket = await context.WebSockets.AcceptWebSocketAsync();
        var socket = new StubSocket(webSocket);
        _sockets.GetOrAdd(Caller(context), _ => []).Add(socket);
        socket.Send("{\"type\":\"connection.established\",\"data\":{}}"u8.ToArray());
        await socket.WriteAsync();
    }
}
