using Chat4All.Grains.Ports;
using Chat4All.Tests.Auth;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Api.Incoming;

/// <summary>A server with secrets for all channels but Instagram, whose event log can be watched.</summary>
public sealed class ChannelWebhooksFixture : IAsyncLifetime
{
    public const string Secret = "an app secret of tests";
    public const string VerifyToken = "a verify token of tests";
    public const string TelegramSecret = "a-telegram-secret_of-tests";

    private AuthHost? _host;

    internal AuthHost Host => _host ?? throw new InvalidOperationException("The fixture has not started.");

    internal RecordingEventLog Log => LogOf(Host);

    public async Task InitializeAsync() => _host = await AuthHost.StartAsync(
        Watch,
        $"--Channels:WhatsApp:AppSecret={Secret}", $"--Channels:WhatsApp:VerifyToken={VerifyToken}", $"--Channels:Messenger:AppSecret={Secret}",
        $"--Channels:Messenger:VerifyToken={VerifyToken}", $"--Channels:Telegram:WebhookSecret={TelegramSecret}");

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    internal static RecordingEventLog LogOf(AuthHost host) => (RecordingEventLog)host.Services.GetRequiredService<IEventLog>();

    /// <summary>Puts a <see cref="RecordingEventLog"/> before the server's own.</summary>
    internal static void Watch(IServiceCollection services)
    {
        var real = services.Last(static service => service.ServiceType == typeof(IEventLog));
        services.AddSingleton<IEventLog>(provider => new RecordingEventLog(
            (IEventLog)(real.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
    }
}
