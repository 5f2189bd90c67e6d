using System.Globalization;
using System.Text.Json;
using Chat4All.LoadTests.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chat4All.LoadTests.Baseline;

/// <summary>
/// The least that a message endpoint on Kestrel can do: parse the body, answer 202 with a body of the real size. What it reaches is
/// what HTTP alone leaves of the machine.
/// </summary>
internal static class BaselineServer
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = new Arguments(arguments);
        var port = parsed.Number("--port", 8_900, 1, 65_535);
        parsed.RefuseUnknown();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        await using var app = builder.Build();
        app.MapGet("/ready", () => Results.Ok());
        app.MapPost("/v1/messages", AcceptAsync);
        await app.RunAsync();
        return 0;
    }

    private static async Task AcceptAsync(HttpContext context)
    {
        var message = await JsonSerializer.DeserializeAsync(context.Request.BodyReader, BaselineJson.Default.BaselineMessage, context.RequestAborted);
        var answer = new BaselineAnswer(
            "accepted", message?.MessageId ?? Guid.CreateVersion7().ToString(), message?.ConversationId ?? "", 1_234_567, DateTimeOffset.UtcNow);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, BaselineJson.Default.BaselineAnswer, context.RequestAborted);
    }
}
