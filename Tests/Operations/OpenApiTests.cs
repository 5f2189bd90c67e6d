using System.Text.RegularExpressions;
using Chat4All.Tests.Auth;

namespace Chat4All.Tests.Operations;

/// <summary>The description of the API and the page that shows it.</summary>
[Trait("Category", "Integration")]
public sealed partial class OpenApiTests(AuthHostFixture fixture) : IClassFixture<AuthHostFixture>
{
    [Theory]
    [InlineData("/auth/token", "post")]
    [InlineData("/v1/users", "get")]
    [InlineData("/v1/users/{user_id}", "patch")]
    [InlineData("/v1/users/{user_id}/channels/{channel}", "put")]
    [InlineData("/v1/admin/dead-letters", "get")]
    [InlineData("/v1/admin/dead-letters/{dead_letter_id}/replay", "post")]
    [InlineData("/v1/conversations", "post")]
    [InlineData("/v1/messages", "post")]
    [InlineData("/v1/messages/batch", "post")]
    [InlineData("/health", "get")]
    public async Task Each_route_is_described_with_a_summary_its_answers_and_the_form_of_errors(string path, string method)
    {
        var document = await fixture.Host.Http.GetAsync("/openapi/v1.json").JsonAsync();

        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);

        Assert.NotEmpty(operation.Text("summary"));
        Assert.Contains(operation.GetProperty("responses").EnumerateObject(), static r => r.Name.StartsWith('2'));
        Assert.True(operation.GetProperty("responses").TryGetProperty("default", out _));
        Assert.Equal(path.StartsWith("/v1", StringComparison.Ordinal), operation.TryGetProperty("security", out _));
    }

    [Fact]
    public async Task Parameters_in_paths_and_queries_are_described()
    {
        var document = await fixture.Host.Http.GetAsync("/openapi/v1.json").JsonAsync();

        var list = document.GetProperty("paths").GetProperty("/v1/users").GetProperty("get").GetProperty("parameters").EnumerateArray().Select(static p => p.Text("name"));
        var one = document.GetProperty("paths").GetProperty("/v1/users/{user_id}").GetProperty("get").GetProperty("parameters")[0];

        Assert.Equal(["limit", "offset", "cursor"], list);
        Assert.Equal("path", one.Text("in"));
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere()
    {
        var page = await fixture.Host.Http.GetStringAsync("/docs/index.html");

        Assert.Contains("swagger-ui", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(ExternalAddress(), page);
        foreach (Match asset in Asset().Matches(page))
        {
            using var response = await fixture.Host.Http.GetAsync($"/docs/{asset.Groups[1].Value}");
            Assert.True(response.IsSuccessStatusCode, asset.Value);
        }
    }

    [GeneratedRegex("(src|href)=\"(https?:)?//")]
    private static partial Regex ExternalAddress();

    [GeneratedRegex("(?:src|href)=\"\\./([^\"]+)\"")]
    private static partial Regex Asset();
}
