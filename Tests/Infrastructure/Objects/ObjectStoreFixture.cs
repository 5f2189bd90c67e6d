using Amazon.S3;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Files;
using Chat4All.Infrastructure.S3;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Infrastructure.Objects;

/// <summary>An empty object store for one test class, reached through the port alone.</summary>
public abstract class ObjectStoreFixture : IDisposable
{
    private readonly Lazy<ServiceProvider> _services;

    protected ObjectStoreFixture() => _services = new Lazy<ServiceProvider>(() =>
    {
        var services = new ServiceCollection();
        Register(services);
        return services.BuildServiceProvider();
    });

    /// <summary>Why this store cannot be tested here; null when it can.</summary>
    public string? SkipReason { get; protected init; }

    public IObjectStore Store
    {
        get
        {
            Skip.If(SkipReason is not null, SkipReason);
            return _services.Value.GetRequiredService<IObjectStore>();
        }
    }

    public virtual void Dispose()
    {
        if (_services.IsValueCreated)
        {
            _services.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    protected abstract void Register(IServiceCollection services);
}

/// <summary>A folder of its own.</summary>
public sealed class FileObjectStoreFixture : ObjectStoreFixture
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    protected override void Register(IServiceCollection services) => services.AddFileObjectStore(new FileObjectStoreOptions { Folder = Folder });
}

/// <summary>A bucket of its own on the run's S3 server.</summary>
public sealed class S3ObjectStoreFixture : ObjectStoreFixture
{
    private readonly Lazy<S3Access> _access = new(static () => S3Server.Shared);

    public S3ObjectStoreFixture() => SkipReason = S3Server.IsAvailable ? null : S3Server.SkipReason;

    public string Bucket => _access.Value.Bucket;

    /// <summary>Somebody else in the same bucket.</summary>
    internal AmazonS3Client Client()
    {
        var access = _access.Value;
        return new AmazonS3Client(access.AccessKey, access.SecretKey, new AmazonS3Config { ServiceURL = access.Endpoint.ToString(), ForcePathStyle = true });
    }

    protected override void Register(IServiceCollection services)
    {
        var access = _access.Value;
        services.AddS3ObjectStore(new S3ObjectStoreOptions { Endpoint = access.Endpoint, AccessKey = access.AccessKey, SecretKey = access.SecretKey, Bucket = access.Bucket });
    }
}
