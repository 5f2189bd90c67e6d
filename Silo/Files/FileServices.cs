using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chat4All.Silo.Files;

/// <summary>Registers the work on files that nobody waits for; to be done after the engine.</summary>
internal static class FileServices
{
    public static IServiceCollection AddFileWorkers(this IServiceCollection services) => services
        .AddSingleton<FileMerge>()
        .AddKeyedWorker<FileMergeHandler>()
        .AddHostedService<MergeSweeper>()
        .AddSingleton<FileCollector>()
        .AddSingleton<IHostedService>(static provider => provider.GetRequiredService<FileCollector>())
        .AddSingleton<FileLinks>()
        .AddSingleton<IMediaLinks>(static provider => provider.GetRequiredService<FileLinks>());
}
