using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Deliveries;

/// <summary>One message, one trace.</summary>
[Trait("Category", "Integration")]
public sealed class TraceTests
{
    private static readonly string[] Sources = ["Chat4All", "Microsoft.AspNetCore", "Microsoft.Orleans.Application"];

    [Fact]
    public async Task From_the_request_to_the_connector_everything_is_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => Sources.Contains(source.Name),
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var hub = await DeliveryFlowTests.StartAsync(new SwitchedConnector(Channels.WhatsApp));
        var user = await hub.UserAsync("user1");
        var (trace, caller) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages")
        {
            Content = JsonContent.Create(new { message_id = "traced", conversation_id = "conv-test", channels = new[] { "whatsapp" }, payload = new { type = "text", text = "Hello" } }),
        };
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-{caller}-01");
        using var response = await user.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await user.UntilDeliveriesAsync("traced", "in_transit");
        Activity[] Own() => [.. spans.Where(span => span.TraceId == trace)];
        await Eventually.HoldsAsync("the last span has ended", () => Own().Any(static span => span.DisplayName == "process whatsapp_outgoing"));

        var own = Own();
        var ids = own.Select(static span => span.SpanId).Append(caller).ToHashSet();
        Assert.All(own, span => Assert.Contains(span.ParentSpanId, ids));
        string[] path = ["send whatsapp", "process whatsapp_outgoing", "route message", "append message", "IConversationGrain/Send", "POST /v1/messages"];
        var at = own.Single(span => span.DisplayName == path[0]);
        foreach (var name in path[1..])
        {
            at = own.Single(span => span.SpanId == at.ParentSpanId);
            Assert.Contains(name, at.DisplayName, StringComparison.Ordinal);
        }

        Assert.Equal(caller, at.ParentSpanId);
        Assert.Contains(own, static span => span.DisplayName == "process message_processing");
        Assert.Equal("append message", own.Single(span => span.SpanId == own.Single(static one => one.DisplayName == "commit message").ParentSpanId).DisplayName);
    }
}
