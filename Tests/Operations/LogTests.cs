using System.Text.Json;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Operations;

/// <summary>What the process writes to standard output.</summary>
[Trait("Category", "Integration")]
public sealed class LogTests
{
    [Fact]
    public async Task Every_line_is_one_JSON_object_with_the_fields_that_log_stores_look_for()
    {
        await using var server = await HubServer.StartAsync();
        await server.StopAsync();

        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.NotEmpty(lines);
        Assert.All(lines, static line =>
        {
            Assert.EndsWith("Z", line.Text("timestamp"), StringComparison.Ordinal);
            Assert.Contains(line.Text("level"), new[] { "trace", "debug", "info", "warning", "error", "critical" });
            Assert.Equal("chat4all-api", line.Text("service"));
            Assert.NotEmpty(line.Text("message"));
        });
    }

    [Fact]
    public async Task A_line_of_a_request_names_its_trace_and_its_id()
    {
        await using var server = await HubServer.StartAsync(new HubOptions { Arguments = ["--Logging:LogLevel:Microsoft.AspNetCore.Routing=Debug"] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.TryAddWithoutValidation("X-Request-Id", "find-me");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await server.Http.SendAsync(request);
        await server.StopAsync();

        Assert.Contains(server.Output.Split('\n'), static line =>
            line.Contains("\"request_id\":\"find-me\"", StringComparison.Ordinal) && line.Contains("\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_are_not_logged_one_by_one()
    {
        await using var server = await HubServer.StartAsync();
        var before = server.Output.Length;
        for (var i = 0; i < 20; i++)
        {
            using var response = await server.Http.GetAsync("/no/such/route");
        }

        Assert.Equal(before, server.Output.Length);
    }

    [Fact]
    public async Task For_people_there_are_five_lines_that_say_where_everything_is()
    {
        await using var server = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["CHAT4ALL_LOG_FORMAT"] = "text", ["Logging__LogLevel__Default"] = "Warning" } });

        var lines = server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.InRange(lines.Length, 1, 5);
        Assert.Contains($"{server.BaseUrl}docs", server.Output, StringComparison.Ordinal);
        Assert.Contains($"{server.BaseUrl}metrics", server.Output, StringComparison.Ordinal);
        Assert.Contains("user1 … user10", server.Output, StringComparison.Ordinal);
    }
}
