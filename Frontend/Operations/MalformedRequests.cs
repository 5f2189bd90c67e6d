using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Chat4All.Frontend.Api;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Chat4All.Frontend.Operations;

/// <summary>
/// Gives form to the refusals that the HTTP server makes before there is a request to route (an unreadable path, headers that are too large) and
/// answers with a bare status. It tells of them on a diagnostic event just before, and closes the connection after: what is written at that moment is
/// the answer that the client reads, and the bare one behind it goes unread.
/// </summary>
internal sealed class MalformedRequests(DiagnosticListener server, TimeProvider time) : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = server.Subscribe(this, static name => name == Event);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // HTTP/1.1 only, and only before the pipeline has the request (and with it an activity): from then on it answers by itself.
        if (value is { Key: Event, Value: IFeatureCollection features }
            && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException error
            && features.Get<IHttpActivityFeature>() is null
            && features.Get<IHttp2StreamIdFeature>() is null
            && features.Get<IConnectionTransportFeature>()?.Transport.Output is { } output)
        {
            Answer(error.StatusCode, output);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Answer(int status, PipeWriter output)
    {
        var trace = ActivityTraceId.CreateRandom();
        var code = ProblemCodes.Of(status);
        var problem = new Problem
        {
            Type = "urn:chat4all:error:" + code,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = code == ProblemCodes.BadRequest ? "The request is malformed." : ProblemCodes.DetailOf(status),
            Instance = "/",
            Error = code,
            TraceId = trace.ToHexString(),
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.Problem);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {problem.Title}\r\nContent-Length: {body.Length}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nDate: {time.GetUtcNow():R}\r\n{RequestIdentity.RequestId}: {Ids.New(time)}\r\n{RequestIdentity.TraceParent}: 00-{trace}-{ActivitySpanId.CreateRandom()}-00\r\n\r\n");
        output.Write(Encoding.ASCII.GetBytes(head));
        output.Write(body);
    }
}
