using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.InProcess;

/// <summary>Registers what a single process needs nothing else for.</summary>
public static class InProcessServices
{
    /// <summary>Live events stay within this process.</summary>
    public static IServiceCollection AddInProcessFanOut(this IServiceCollection services) =>
        services.AddSingleton<IFanOut, InProcessFanOut>();
}
