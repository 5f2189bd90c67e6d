using Chat4All.Grains;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Grains;

/// <summary>What grains need beside the engine: a real store, and what only records of the rest.</summary>
internal static class GrainPorts
{
    /// <summary>To be registered before the engine; what is registered of these later takes their place.</summary>
    public static IServiceCollection AddGrainPorts(this IServiceCollection services, EmbeddedStore store) => services
        .AddSingleton(store.Conversations)
        .AddSingleton(store.Reader)
        .AddSingleton(store.Users)
        .AddSingleton(store.Tokens)
        .AddSingleton(store.Outbox)
        .AddSingleton(store.DeadLetters)
        .AddSingleton(store.Files)
        .AddSingleton(store.Objects)
        .AddSingleton(store.Deliveries)
        .AddSingleton<IFailedDeliveries, ForwardedFailures>()
        .AddSingleton<IFanOut, RecordingFanOut>()
        .AddSingleton<IEventLog, RecordingEventLog>()
        .AddGrainServices();
}
