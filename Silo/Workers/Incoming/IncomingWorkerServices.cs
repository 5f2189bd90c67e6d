using Chat4All.Silo.Workers.Incoming;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Silo.Workers;

/// <summary>Registers who reads the platforms' webhook calls.</summary>
internal static class IncomingWorkerServices
{
    public static IServiceCollection AddIncoming(this IServiceCollection services)
    {
        services.AddOptions<IncomingOptions>()
            .BindConfiguration("Channels")
            .Validate(static o => o.IncomingConcurrency is >= 1 and <= 256, "Channels:IncomingConcurrency must be 1 to 256.")
            .Validate(static o => o.MaxIncomingFileBytes is >= 1 and <= 1024 * 1024 * 1024, "Channels:MaxIncomingFileBytes must be 1 to 1073741824.")
            .ValidateOnStart();
        return services
            .AddIncomingPayloads()
            .AddSingleton<Contacts>()
            .AddSingleton<IncomingFiles>()
            .AddSingleton<Inbox>()
            .AddSingleton<Receipts>()
            .AddKeyedWorker<IncomingHandler>();
    }
}
