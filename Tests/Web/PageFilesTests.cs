using System.Net;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Web;

/// <summary>How the page's files are served.</summary>
[Trait("Category", "Integration")]
public sealed class PageFilesTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_page_is_at_the_root_under_a_policy_that_allows_own_files_only()
    {
        using var answer = await hub.Server.Http.GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_file_that_the_browser_has_is_asked_for_again_and_not_sent_again()
    {
        using var first = await hub.Server.Http.GetAsync("/app.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/app.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await hub.Server.Http.SendAsync(again);

        Assert.Equal("text/javascript", first.Content.Headers.ContentType?.MediaType);
        Assert.True(first.Headers.CacheControl?.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task A_file_that_does_not_exist_is_a_problem_like_any_other()
    {
        using var answer = await hub.Server.Http.GetAsync("/no-such-module.js");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }
}
