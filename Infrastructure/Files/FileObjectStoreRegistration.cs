using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Files;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the object store port on a folder.</summary>
public static class FileObjectStoreRegistration
{
    public static IServiceCollection AddFileObjectStore(this IServiceCollection services, FileObjectStoreOptions options)
    {
        options.Validate();
        return services.AddSingleton<IObjectStore>(_ => new FileObjectStore(options));
    }
}
