using System.Collections.Concurrent;
using Chat4All.Tests.Connectors;
using Microsoft.AspNetCore.Http;

namespace Chat4All.Tests.Silo.Incoming;

/// <summary>All platforms' files on loopback: what they say about a file where they are asked first, and the file, each only to whoever shows what the platform wants to see.</summary>
internal sealed class MediaStandIn : IAsyncDisposable
{
    public const string WhatsAppToken = "EAAG-a-token-of-tests";
    public const string BotToken = "123456:AAF-a_token_of_tests";

    private readonly ConcurrentQueue<string> _fetched = new();
    private readonly StandInServer _server;

    private MediaStandIn(StandInServer server) => _server = server;

    /// <summary>With a slash at its end.</summary>
    public Uri Address => _server.Address;

    /// <summary>What the file holds.</summary>
    public byte[] Content { get; set; } = [0xff, 0xd8, 0xff, 1, 2, 3];

    /// <summary>Answers this for the file instead.</summary>
    public int? Status { get; set; }

    /// <summary>How often the file itself was asked for, and where.</summary>
    public IReadOnlyCollection<string> Fetched => _fetched;

    public static async Task<MediaStandIn> StartAsync()
    {
        MediaStandIn? self = null;
        return self = new MediaStandIn(await StandInServer.StartAsync(context => self!.AnswerAsync(context)));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var query = context.Request.QueryString.Value!;
        var authorization = context.Request.Headers.Authorization.ToString();
        return (path, query) switch
        {
            ("/v23.0/media-1", "?phone_number_id=1234567") when authorization == $"Bearer {WhatsAppToken}" =>
                JsonAsync(context, new { messaging_product = "whatsapp", url = $"{Address}whatsapp-file", mime_type = "image/jpeg", sha256 = "x", file_size = 6, id = "media-1" }),
            ("/whatsapp-file", "") when authorization == $"Bearer {WhatsAppToken}" => FileAsync(context, "image/jpeg"),
            ($"/bot{BotToken}/getFile", "?file_id=media-1") when authorization.Length == 0 =>
                JsonAsync(context, new { ok = true, result = new { file_id = "media-1", file_unique_id = "x", file_size = 6, file_path = "photos/file_0.jpg" } }),
            ($"/file/bot{BotToken}/photos/file_0.jpg", "") when authorization.Length == 0 => FileAsync(context, "application/octet-stream"),
            ("/attachment", "?signature=a%2Fb") when authorization.Length == 0 => RedirectAsync(context, $"{Address}attachment-content"),
            ("/attachment-content", "") when authorization.Length == 0 => FileAsync(context, "image/jpeg"),
            _ => StatusAsync(context, StatusCodes.Status404NotFound),
        };
    }

    private static Task JsonAsync(HttpContext context, object answer) => context.Response.WriteAsJsonAsync(answer);

    private static Task RedirectAsync(HttpContext context, string address)
    {
        context.Response.Redirect(address);
        return Task.CompletedTask;
    }

    private static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task FileAsync(HttpContext context, string type)
    {
        _fetched.Enqueue(context.Request.Path);
        if (Status is { } status)
        {
            await StatusAsync(context, status);
            return;
        }

        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Content);
    }
}
