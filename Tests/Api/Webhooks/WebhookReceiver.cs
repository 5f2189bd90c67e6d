using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.Api.Webhooks;

/// <summary>A receiver on loopback that remembers each call and answers as it is told.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();

    private WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Urls.First() + "/hook";

    /// <summary>What is answered to a call: a status, after a wait if it must be.</summary>
    public Func<ReceivedCall, Task<int>> Answer { get; set; } = static _ => Task.FromResult(204);

    public IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false));
        var call = new ReceivedCall(
            context.Request.Path, context.Request.Headers["X-Chat4All-Event-Id"].ToString(), context.Request.Headers["X-Chat4All-Timestamp"].ToString(),
            context.Request.Headers["X-Chat4All-Signature"].ToString(), await reader.ReadToEndAsync());
        _calls.Enqueue(call);
        context.Response.StatusCode = await Answer(call);
        context.Response.Headers.Location = "/elsewhere";
    }
}

/// <summary>A call as received.</summary>
internal sealed record ReceivedCall(string Path, string EventId, string Timestamp, string Signature, string Body)
{
    public JsonElement Json => JsonElement.Parse(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");
}
