using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Hosting;
using Chat4All.Frontend.Operations.Traces;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.Configuration;

namespace Chat4All.Tests.Operations;

/// <summary>Where settings come from, and what becomes of wrong ones.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void The_command_line_wins_over_the_environment_file()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, ".env");
        File.WriteAllText(file, "JWT_ACCESS_TOKEN_EXPIRE_MINUTES=5\nJWT_REFRESH_TOKEN_EXPIRE_DAYS=7\nWEBSOCKET_HEARTBEAT_INTERVAL=20\n");

        var configuration = Configure("--env-file", file, "--Auth:RefreshTokenDays=9");

        Assert.Equal("5", configuration["Auth:AccessTokenMinutes"]);
        Assert.Equal("9", configuration["Auth:RefreshTokenDays"]);
        Assert.Equal("20", configuration["WebSocket:HeartbeatSeconds"]);
    }

    [Theory]
    [InlineData("JWT_SECRET_KEY", "Auth:SecretKey")]
    [InlineData("JWT_ALGORITHM", "Auth:Algorithm")]
    [InlineData("REDIS_HOST", "Redis:Host")]
    [InlineData("PROMETHEUS_PORT", "Server:MetricsPort")]
    [InlineData("CHAT4ALL_RATE_LIMIT", "RateLimit:Mode")]
    [InlineData("TELEGRAM_BOT_TOKEN", "Channels:Telegram:BotToken")]
    [InlineData("S3_ENDPOINT", "S3:Endpoint")]
    [InlineData("MINIO_ENDPOINT", "S3:Endpoint")]
    [InlineData("AWS_ENDPOINT_URL_S3", "S3:Endpoint")]
    [InlineData("MINIO_SECURE", "S3:Secure")]
    [InlineData("MINIO_BUCKET", "S3:Bucket")]
    [InlineData("MINIO_ACCESS_KEY", "S3:AccessKey")]
    [InlineData("MINIO_ROOT_USER", "S3:AccessKey")]
    [InlineData("MINIO_SECRET_KEY", "S3:SecretKey")]
    [InlineData("MINIO_ROOT_PASSWORD", "S3:SecretKey")]
    [InlineData("Files__Redirect", "Files:Redirect")]
    [InlineData("Channels__WhatsApp__Connector", "Channels:WhatsApp:Connector")]
    [InlineData("Auth__TokenCacheSize", "Auth:TokenCacheSize")]
    [InlineData("CHAT4ALL_Journal__Writers", "Journal:Writers")]
    public void Flat_names_of_the_environment_stand_for_settings(string name, string key) =>
        Assert.Equal([KeyValuePair.Create(key, (string?)"x")], EnvironmentNames.Map([KeyValuePair.Create(name, (string?)"x")]));

    [Fact]
    public void A_file_of_variables_is_read_as_a_shell_would()
    {
        var read = EnvironmentFile.Parse(["# comment", "", "A=1", "export B=\"two words\" # why", "C='it#s'", "D=a#b # c", "no variable", "E="]);

        Assert.Equal([("A", "1"), ("B", "two words"), ("C", "it#s"), ("D", "a#b"), ("E", "")], read.Select(static pair => (pair.Key, pair.Value!)));
    }

    [Fact]
    public void Everything_that_is_wrong_is_named_at_once_with_its_key()
    {
        var refused = Assert.Throws<SettingsException>(
            () => ChatHost.Build(CommandLine.Parse(["--Auth:AccessTokenMinutes=0", "--port", "70000", "--RateLimit:Mode=maybe", "--RateLimit:UploadMebibytesPerMinute=49", "--Auth:SecretKey=short", "--Server:MaxConnections=many"])));

        foreach (var key in new[] { "Auth:AccessTokenMinutes", "Server:MaxConnections", "RateLimit:Mode", "RateLimit:UploadMebibytesPerMinute", "JWT_SECRET_KEY" })
        {
            Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("short", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(AuthOptions.PublishedPlaceholder)]
    public void Production_does_not_start_without_a_signing_key_of_its_own(string key)
    {
        var problems = ProductionRules.Check(new AuthOptions { SecretKey = key }, new ServerOptions { Environment = "production" });

        Assert.Contains("JWT_SECRET_KEY", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Empty(ProductionRules.Check(new AuthOptions { SecretKey = key }, new ServerOptions()));
    }

    [Fact]
    public void Jaegers_host_is_reached_by_OTLP()
    {
        Assert.Equal(new Uri("http://tracing:4317"), new TelemetryOptions { JaegerHost = "tracing" }.Endpoint);
        Assert.Null(new TelemetryOptions().Endpoint);
    }

    [Theory]
    [InlineData("off", true)]
    [InlineData("OFF", true)]
    [InlineData("on", false)]
    public void The_rate_limits_switch_is_on_or_off(string mode, bool off) => Assert.Equal(off, new RateLimitOptions { Mode = mode }.IsOff);

    [Theory]
    [InlineData("--prot", "1")]
    [InlineData("-x", "1")]
    [InlineData("--port")]
    public void An_option_that_is_none_is_refused(params string[] args) => Assert.Throws<SettingsException>(() => CommandLine.Parse(args));

    [Fact]
    public void Words_and_options_may_come_in_any_order()
    {
        var line = CommandLine.Parse(["--data", "/x", "user", "--scopes=read", "add", "ann", "--demo"]);

        Assert.Equal(["user", "add", "ann"], line.Words);
        Assert.Equal("/x", line.Settings["Store:Data"]);
        Assert.Equal("read", line.Settings["Command:Scopes"]);
        Assert.Equal("true", line.Settings["Store:Demo"]);
    }

    private static ConfigurationManager Configure(params string[] args)
    {
        var configuration = new ConfigurationManager();
        configuration.AddChatSources(CommandLine.Parse(args));
        return configuration;
    }
}
