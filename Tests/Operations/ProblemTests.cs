using System.Net;
using System.Net.Sockets;
using System.Text;
using Chat4All.Tests.Auth;

namespace Chat4All.Tests.Operations;

/// <summary>The form of errors, whoever makes them.</summary>
[Trait("Category", "Integration")]
public sealed class ProblemTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    private AuthHost Host => fixture.Host;

    public static TheoryData<string, string, HttpStatusCode, string> Refusals => new()
    {
        { "GET", "/no/such/route", HttpStatusCode.NotFound, "not_found" },
        { "DELETE", "/v1/users/me", HttpStatusCode.NotFound, "user_not_found" },
        { "PUT", "/v1/users", HttpStatusCode.MethodNotAllowed, "method_not_allowed" },
        { "POST", "/v1/users", HttpStatusCode.UnsupportedMediaType, "unsupported_media_type" },
        { "GET", "/v1/users?limit=1000", HttpStatusCode.BadRequest, "validation_failed" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_refusal_is_a_problem_with_a_code_and_the_trace(string method, string path, HttpStatusCode status, string code)
    {
        using var response = await Host.SendAsync(new HttpMethod(method), path, await Host.AdminTokenAsync());

        var problem = await Task.FromResult(response).JsonAsync(status);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.Text("error"));
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(path.Split('?')[0], problem.Text("instance"));
        Assert.NotEmpty(problem.Text("title"));
        Assert.NotEmpty(problem.Text("detail"));
        Assert.Contains(problem.Text("trace_id"), response.Headers.GetValues("traceparent").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"username": 5}""", "username")]
    [InlineData("""{"username": "x", "is_active": "yes"}""", "is_active")]
    public async Task A_field_of_the_wrong_type_is_named(string body, string field)
    {
        var problem = await PostAsync(Encoding.UTF8.GetBytes(body)).JsonAsync(HttpStatusCode.BadRequest);

        Assert.Equal("malformed_json", problem.Text("error"));
        Assert.True(problem.GetProperty("field_errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Text_that_is_no_UTF8_is_refused_even_where_nobody_reads_it()
    {
        Assert.Equal("malformed_json", await PostAsync([.. "{\"username\":\"x\",\"ignored\":\""u8, 0xff, 0xfe, .. "\"}"u8]).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task JSON_that_is_nested_too_deeply_is_refused()
    {
        Assert.Equal("malformed_json", await PostAsync(Encoding.UTF8.GetBytes(new string('[', 50_000))).ErrorAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_while_it_still_comes()
    {
        Assert.Equal("body_too_large", await PostAsync(new byte[8 * 1024 * 1024]).ErrorAsync(HttpStatusCode.RequestEntityTooLarge));
    }

    [Fact]
    public async Task A_missing_token_a_false_one_and_a_missing_scope_are_told_in_the_words_of_RFC_6750()
    {
        using var missing = await Host.GetAsync("/v1/users/me", null);
        using var forged = await Host.GetAsync("/v1/users/me", "eyJhbGciOiJub25lIn0.e30.");
        using var scope = await Host.PostJsonAsync("/v1/users", new { username = "x" }, await Host.TokenAsync());

        Assert.Equal("Bearer realm=\"chat4all\"", missing.Headers.WwwAuthenticate.Single().ToString());
        Assert.Contains("error=\"invalid_token\"", forged.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, scope.StatusCode);
        Assert.Contains("scope=\"admin\"", scope.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        Assert.Equal("scope_missing", await Task.FromResult(scope).ErrorAsync(HttpStatusCode.Forbidden));
    }

    [Theory]
    [InlineData("GET /v1/users/a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400)]
    [InlineData("no HTTP at all\r\n\r\n", 400)]
    [InlineData("GET /health HTTP/1.1\r\n\r\n", 400)]
    public async Task What_is_refused_before_it_is_a_request_is_a_problem_too(string request, int status)
    {
        var answer = await ExchangeAsync(request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("X-Request-Id: ", answer, StringComparison.Ordinal);
        Assert.Contains("\"error\":\"bad_request\"", answer, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/users") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Authorization = new("Bearer", await Host.AdminTokenAsync());
        return await Host.Http.SendAsync(request);
    }

    private async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Host.Http.BaseAddress!.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }
}
