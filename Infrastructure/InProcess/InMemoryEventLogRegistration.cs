using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Infrastructure.InProcess;

public static class InMemoryEventLogRegistration
{
    /// <summary>Accepts published events without keeping them.</summary>
    public static IServiceCollection AddInMemoryEventLog(this IServiceCollection services) => services.AddSingleton<IEventLog, InMemoryEventLog>();
}
