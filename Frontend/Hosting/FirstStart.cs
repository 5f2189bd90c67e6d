using Chat4All.Frontend.Auth;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Hosting;

/// <summary>Before the server listens and once the schema is there: the demo data of a new embedded store, and the first administrator. Safe to repeat after a crash at any point.</summary>
internal sealed class FirstStart(IUserStore users, DemoData demo, AdminAccount admin, StoreOptions options, ServerOptions server) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!server.IsProduction && (options.Demo || (options.IsEmbedded && await IsNewAsync(cancellationToken))))
        {
            await demo.EnsureAsync(cancellationToken);
        }

        // Last, because a store without an administrator is what counts as new.
        await admin.EnsureAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> IsNewAsync(CancellationToken cancellationToken) =>
        (await users.ListAsync(null, 0, DemoAccounts.Ids.Count + 1, cancellationToken)).All(static user => DemoAccounts.Ids.Contains(user.UserId));
}

/// <summary>Registration of <see cref="FirstStart"/>.</summary>
internal static class FirstStartServices
{
    public static IServiceCollection AddFirstStart(this IServiceCollection services) => services
        .AddSingleton<DemoData>()
        .AddSingleton<AdminAccount>()
        .AddHostedService<FirstStart>();
}
