using Chat4All.Tests.Auth;

namespace Chat4All.Tests.Operations;

/// <summary>How a request is found again.</summary>
[Trait("Category", "Integration")]
public sealed class RequestIdentityTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/metrics")]
    [InlineData("/no/such/route")]
    [InlineData("/v1/conversations")]
    [InlineData("/docs/index.html")]
    public async Task Every_response_carries_a_request_id_and_a_traceparent(string path)
    {
        using var response = await fixture.Host.Http.GetAsync(path);

        Assert.NotEmpty(response.Headers.GetValues("X-Request-Id").Single());
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", response.Headers.GetValues("traceparent").Single());
    }

    [Fact]
    public async Task An_incoming_trace_is_continued_with_a_span_of_our_own()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        using var response = await SendAsync("traceparent", $"00-{trace}-b7ad6b7169203331-01");

        var answer = response.Headers.GetValues("traceparent").Single();

        Assert.StartsWith($"00-{trace}-", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("b7ad6b7169203331", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incoming_trace_that_is_none_begins_a_new_one()
    {
        using var response = await SendAsync("traceparent", "00-nonsense-x-01");

        Assert.DoesNotContain("nonsense", response.Headers.GetValues("traceparent").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("order-4711", true)]
    [InlineData("<script>", false)]
    public async Task A_clients_request_id_is_kept_when_it_is_a_valid_id(string id, bool kept)
    {
        using var response = await SendAsync("X-Request-Id", id);

        Assert.Equal(kept, response.Headers.GetValues("X-Request-Id").Single() == id);
    }

    private Task<HttpResponseMessage> SendAsync(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.TryAddWithoutValidation(header, value);
        return fixture.Host.Http.SendAsync(request);
    }
}
