using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.S3;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the object store port on an S3 bucket.</summary>
public static class S3ObjectStoreRegistration
{
    public static IServiceCollection AddS3ObjectStore(this IServiceCollection services, S3ObjectStoreOptions options)
    {
        options.Validate();
        return services
            .AddSingleton(_ => new S3Connection(options))
            .AddSingleton<IObjectStore, S3ObjectStore>();
    }
}
