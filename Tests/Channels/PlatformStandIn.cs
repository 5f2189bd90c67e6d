using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Chat4All.Tests.Connectors;

/// <summary>
/// A platform's API on loopback. It checks every request against what the platform publishes (method, path, authorization, media type, each field and its type, no field
/// beyond) and answers like it, or as it is told to.
/// </summary>
internal abstract class PlatformStandIn : IAsyncDisposable
{
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();
    private StandInServer? _server;
    private int _ids;

    /// <summary>With a slash at its end.</summary>
    public Uri Address => _server!.Address;

    /// <summary>Requests in the order in which they came, with what was wrong with them.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _received];

    /// <summary>Answers the next request like this.</summary>
    public void AnswerNext(int status, string body, string? retryAfter = null, string contentType = "application/json") => _script.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync(body);
    });

    /// <summary>Cuts the connection after the next request was read.</summary>
    public void CutNext() => _script.Enqueue(static context =>
    {
        context.Abort();
        return Task.CompletedTask;
    });

    /// <summary>Never answers the next request.</summary>
    public void IgnoreNext() => _script.Enqueue(static context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default));

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    protected async Task ListenAsync() => _server = await StandInServer.StartAsync(AnswerAsync);

    /// <summary>Notes what is wrong with a request, and says what the platform answers when nothing is.</summary>
    protected abstract object Check(ReceivedRequest request, string newId);

    /// <summary>The platform's answer to a request that is not right.</summary>
    protected abstract (int Status, object Body) Refuse(string violation);

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await ReceivedRequest.ReadAsync(context);
        var answer = Check(request, $"{Interlocked.Increment(ref _ids)}");
        _received.Enqueue(request);
        if (_script.TryDequeue(out var scripted))
        {
            await scripted(context);
            return;
        }

        var (status, body) = request.Violations is [var violation, ..] ? Refuse(violation) : (200, answer);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(JsonSerializer.Serialize(body));
    }
}
