using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Chat4All.Frontend.Hosting;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Auth;

/// <summary>The whole server in this process, on a free port with a SQLite store of its own, for tests that set the clock or look behind the API.</summary>
internal sealed class AuthHost : IAsyncDisposable
{
    public const string AdminSecret = "an-administrator-of-tests";

    private readonly TemporaryFolder _folder;
    private readonly WebApplication _app;

    private AuthHost(TemporaryFolder folder, WebApplication app, ManualTime time)
    {
        (_folder, _app, Time) = (folder, app, time);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public ManualTime Time { get; }

    public HttpClient Http { get; }

    public string DataFolder => _folder.Path;

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a server with these settings on top of cheap hashes and no rate limits.</summary>
    public static Task<AuthHost> StartAsync(params string[] arguments) => StartAsync(static _ => { }, arguments);

    /// <summary>As above, with other services.</summary>
    public static async Task<AuthHost> StartAsync(Action<IServiceCollection> amend, params string[] arguments)
    {
        var folder = new TemporaryFolder();
        var time = new ManualTime();
        string[] defaults =
        [
            "--port", "0", "--data", folder.Path, "--RateLimit:Mode=off", "--Auth:HashIterations=10000", $"--Auth:AdminSecret={AdminSecret}",
            "--Logging:LogLevel:Default=None", "--Logs:Format=json",
        ];
        var app = ChatHost.Build(CommandLine.Parse([.. defaults, .. arguments]), services => amend(services.AddSingleton<TimeProvider>(time)));
        await app.StartAsync();
        return new AuthHost(folder, app, time);
    }

    /// <summary>Signs in; the whole answer.</summary>
    public async Task<JsonElement> SignInAsync(string clientId = "user1", string secret = "password123", string? scope = null)
    {
        using var response = await PostJsonAsync("/auth/token", new { grant_type = "client_credentials", client_id = clientId, client_secret = secret, scope });
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>An access token.</summary>
    public async Task<string> TokenAsync(string clientId = "user1", string secret = "password123", string? scope = null) =>
        (await SignInAsync(clientId, secret, scope)).GetProperty("access_token").GetString()!;

    /// <summary>An administrator's access token.</summary>
    public Task<string> AdminTokenAsync() => TokenAsync("admin", AdminSecret, "read write admin");

    public Task<HttpResponseMessage> PostJsonAsync(string path, object body, string? token = null) => SendAsync(HttpMethod.Post, path, token, body);

    public Task<HttpResponseMessage> PostFormAsync(string path, params (string Name, string Value)[] fields) =>
        Http.PostAsync(path, new FormUrlEncodedContent(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))));

    public Task<HttpResponseMessage> GetAsync(string path, string? token) => SendAsync(HttpMethod.Get, path, token);

    /// <summary>Whether the token opens a route.</summary>
    public async Task<bool> WorksAsync(string token)
    {
        using var response = await GetAsync("/v1/users/me", token);
        return response.IsSuccessStatusCode;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
