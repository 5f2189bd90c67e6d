using System.Net;
using System.Net.Sockets;
using Chat4All.Frontend.Hosting;
using Chat4All.Tests.Api.Webhooks;
using Chat4All.Tests.Auth;
using Chat4All.Tests.Deliveries;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Operations;

/// <summary>What Prometheus reads.</summary>
[Trait("Category", "Integration")]
public sealed class MetricsTests
{
    [Fact]
    public async Task Requests_are_counted_by_method_route_template_and_status()
    {
        await using var server = await HubServer.StartAsync();
        using var admin = await server.SignInAsAdminAsync();
        await admin.GetAsync("/v1/users/user1");
        await admin.GetAsync("/v1/users/user2");
        using var missing = await admin.Http.GetAsync("/v1/users/nobody");

        var text = await server.Http.GetStringAsync("/metrics");

        Assert.Contains("\nhttp_requests_total{endpoint=\"/v1/users/{user_id}\",method=\"GET\",status=\"200\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nhttp_requests_total{endpoint=\"/v1/users/{user_id}\",method=\"GET\",status=\"404\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\nhttp_request_duration_seconds_count{endpoint=\"/v1/users/{user_id}\",method=\"GET\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE http_request_duration_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains("http_request_duration_seconds_bucket{endpoint=\"/v1/users/{user_id}\",method=\"GET\",le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_label_names_a_user_or_a_path_that_nobody_mapped()
    {
        await using var server = await HubServer.StartAsync();
        using var admin = await server.SignInAsAdminAsync();
        await admin.GetAsync("/v1/users/user1");
        using var unmapped = await server.Http.GetAsync("/a-path-of-an-attacker");
        using var odd = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod("BREW"), "/coffee"));

        var text = await server.Http.GetStringAsync("/metrics");

        Assert.DoesNotContain("user1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("attacker", text, StringComparison.Ordinal);
        Assert.DoesNotContain("BREW", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_text_passes_the_checks_of_promtool()
    {
        Shell.Require("promtool", "curl");
        await using var server = await HubServer.StartAsync();
        using var user = await server.SignInAsync("user1");
        await user.SendAsync("conv-test", "counted");
        using var shell = new Shell();
        shell.Variables["URL"] = $"{server.BaseUrl}metrics";

        Assert.Empty((await shell.RunAsync("curl -s \"$URL\" | promtool check metrics")).Trim());
    }

    [SkippableFact]
    public async Task What_becomes_of_messages_beyond_the_hub_is_told_and_passes_the_checks_of_promtool()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var server = await HubServer.StartAsync(new HubOptions
        {
            Environment = new Dictionary<string, string>
            {
                ["Webhooks__AllowPrivateAddresses"] = "true",
                ["Channels__Telegram__Simulator__RetryRate"] = "1",
                ["Channels__AllowPrivateAddresses"] = "true",
                ["Channels__Messenger__Connector"] = "graph_api",
                ["Channels__Messenger__BaseUrl"] = "http://127.0.0.1:1",
                ["MESSENGER_PAGE_ACCESS_TOKEN"] = "a-token-of-tests",
            },
        });
        using var user = await server.SignInAsync("user1");
        await user.PostAsync("/v1/webhooks", new { url = receiver.Url, events = new[] { "message.created" } }, HttpStatusCode.Created);
        await user.SendOutAsync("conv-test", "out-1", "whatsapp", "telegram");

        string[] expected =
        [
            "chat4all_delivery_total{channel=\"whatsapp\",status=\"read\"}", "chat4all_delivery_total{channel=\"telegram\",status=\"failed\"}",
            "chat4all_worker_retries_total{group=\"connector\",topic=\"telegram_outgoing\"}", "chat4all_dead_letters_total{", "chat4all_webhook_calls_total{result=\"delivered\"}",
            "chat4all_channel_circuit_state{channel=\"messenger\"}", "kafka_consumer_lag{group=\"router\",topic=\"message_processing\"}",
            "kafka_consumer_lag{group=\"connector\",topic=\"whatsapp_outgoing\"}", "chat4all_outbox_unpublished",
        ];
        var text = "";
        await Eventually.HoldsAsync("all of it is told", async () =>
        {
            text = await server.Http.GetStringAsync("/metrics");
            return expected.All(series => text.Contains($"\n{series}", StringComparison.Ordinal));
        });
        Assert.All(expected, series => Assert.Contains($"# TYPE {series.Split('{')[0]} ", text, StringComparison.Ordinal));

        Shell.Require("promtool", "curl");
        using var shell = new Shell();
        shell.Variables["URL"] = $"{server.BaseUrl}metrics";
        Assert.Empty((await shell.RunAsync("curl -s \"$URL\" | promtool check metrics")).Trim());
    }

    [Fact]
    public async Task A_port_for_metrics_serves_them_and_nothing_else()
    {
        var port = FreePort.Next();
        await using var server = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["PROMETHEUS_PORT"] = $"{port}" } });

        using var metrics = await server.Http.GetAsync($"http://127.0.0.1:{port}/metrics");
        using var api = await server.Http.GetAsync($"http://127.0.0.1:{port}/health");

        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
        Assert.Equal("text/plain", metrics.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, api.StatusCode);
    }

    [Fact]
    public async Task A_port_for_metrics_that_something_else_has_is_named_in_a_warning_and_stops_nothing()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var server = await HubServer.StartAsync(new HubOptions { Environment = new Dictionary<string, string> { ["PROMETHEUS_PORT"] = $"{port}" } });

        using var metrics = await server.Http.GetAsync("/metrics");
        using var api = await server.Http.GetAsync("/health");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (metrics.StatusCode, api.StatusCode));
        await Eventually.HoldsAsync("the warning", () => server.Output.Contains($"PROMETHEUS_PORT): http://127.0.0.1:{port} is in use", StringComparison.Ordinal));
    }

    [Fact]
    public void The_apis_own_port_is_taken_too()
    {
        var port = MetricsPort.Find(new ServerOptions { MetricsPort = 8000 }, ["http://localhost:8000"]);

        Assert.True(port.IsTaken);
        Assert.Equal(0, port.Number);
    }
}
