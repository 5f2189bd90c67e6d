using System.Net;
using System.Net.WebSockets;
using System.Text;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Operations;

/// <summary>Nothing that is written down holds a token or a secret.</summary>
[Trait("Category", "Integration")]
public sealed class SecrecyTests
{
    /// <summary>How every JWT begins.</summary>
    private const string TokenStart = "eyJ";

    [Theory]
    [InlineData("Information")]
    [InlineData("Trace")]
    public async Task No_log_and_no_span_holds_a_token_a_secret_or_a_messages_text(string level)
    {
        await using var collector = await SpanCollector.StartAsync();
        await using var server = await HubServer.StartAsync(new HubOptions
        {
            Arguments = [$"--Logging:LogLevel:Default={level}", $"--Logging:LogLevel:Microsoft={level}", "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Trace"],
            Environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        });

        using var user = await server.SignInAsync("user1");
        await user.SendAsync("conv-test", "a text for two people only");
        await CallWithTokensEverywhereAsync(server, user.AccessToken);
        await Eventually.HoldsAsync("spans arrive", () => collector.Received.Contains("/v1/messages", StringComparison.Ordinal));
        await server.StopAsync();

        foreach (var (where, written) in new[] { ("the log", server.Output), ("the spans", collector.Received) })
        {
            Assert.False(written.Contains(TokenStart, StringComparison.Ordinal), Around(where, written, TokenStart));
            Assert.False(written.Contains(HubServer.AdminSecret, StringComparison.Ordinal), Around(where, written, HubServer.AdminSecret));
            Assert.False(written.Contains("two people only", StringComparison.Ordinal), Around(where, written, "two people only"));
        }
    }

    private static async Task CallWithTokensEverywhereAsync(HubServer server, string token)
    {
        foreach (var path in new[] { "/ws?token=", "/hubs/chat/negotiate?negotiateVersion=1&access_token=", "/nothing?token=", "/v1/conversations?access_token=" })
        {
            using var response = await server.Http.GetAsync(path + token);
        }

        using var negotiated = await server.Http.PostAsync($"/hubs/chat/negotiate?negotiateVersion=1&access_token={token}", null);
        Assert.Equal(HttpStatusCode.OK, negotiated.StatusCode);
        using var inBody = await server.Http.PostAsync("/auth/revoke", new StringContent($"token={token}x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.BaseUrl.Port}/ws?token={token}"), CancellationToken.None);
        await socket.ReceiveAsync(new byte[4096], CancellationToken.None);
        socket.Abort();
    }

    private static string Around(string where, string written, string found)
    {
        var at = written.IndexOf(found, StringComparison.Ordinal);
        return $"{where}: {written.AsSpan(Math.Max(0, at - 300), Math.Min(600, written.Length - Math.Max(0, at - 300)))}";
    }
}
