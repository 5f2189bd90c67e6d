using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Operations;

/// <summary>Spans on their way to a collector.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class TracingTests
{
    [Fact]
    public async Task Spans_carry_the_services_name_the_route_and_the_callers_trace()
    {
        await using var collector = await SpanCollector.StartAsync();
        await using var server = await HubServer.StartAsync(new HubOptions
        {
            Environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/users/me");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var response = await server.Http.SendAsync(request);

        await Eventually.HoldsAsync("the span arrives", () => collector.Received.Contains("/v1/users/me", StringComparison.Ordinal));

        var trace = string.Concat(Convert.FromHexString("0af7651916cd43dd8448eb211c80319c").Select(static b => (char)b));
        Assert.Contains("chat4all-api", collector.Received, StringComparison.Ordinal);
        Assert.Contains("GET /v1/users/me", collector.Received, StringComparison.Ordinal);
        Assert.Contains(trace, collector.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_away_stops_nothing()
    {
        await using var server = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["JAEGER_AGENT_HOST"] = "127.0.0.1" } });

        using var user = await server.SignInAsync("user1");

        Assert.Equal("user1", (await user.GetAsync("/v1/users/me")).GetProperty("user_id").GetString());
        Assert.Equal(0, await server.StopAsync());
    }
}
