using Chat4All.Infrastructure.Files;
using Chat4All.Infrastructure.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Silo.Files;

/// <summary>Which object store holds the files: a folder beside the store's own, or an S3 bucket. Sections <c>Files</c> and <c>S3</c>.</summary>
public sealed record FileStorage
{
    /// <summary><c>files</c> or <c>s3</c>; unset: S3 where an endpoint or a bucket is set. <c>CHAT4ALL_FILES</c>.</summary>
    public string? Store { get; init; }

    /// <summary>Folder of the local store; default <c>files</c> in the data folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Address of the S3 server, with or without its scheme; unset for AWS. <c>S3_ENDPOINT</c>, <c>MINIO_ENDPOINT</c>, <c>AWS_ENDPOINT_URL_S3</c>.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Whether an endpoint without a scheme means HTTPS. <c>MINIO_SECURE</c>.</summary>
    public bool Secure { get; init; }

    /// <summary>Default <c>chat4all-files</c>. <c>S3_BUCKET</c>, <c>MINIO_BUCKET</c>.</summary>
    public string? Bucket { get; init; }

    /// <summary>Default <c>us-east-1</c>. <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary><c>AWS_ACCESS_KEY_ID</c>, <c>MINIO_ACCESS_KEY</c>, <c>MINIO_ROOT_USER</c>.</summary>
    public string? AccessKey { get; init; }

    /// <summary><c>AWS_SECRET_ACCESS_KEY</c>, <c>MINIO_SECRET_KEY</c>, <c>MINIO_ROOT_PASSWORD</c>.</summary>
    public string? SecretKey { get; init; }

    /// <summary><c>AWS_SESSION_TOKEN</c>.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Whether files lie in a bucket.</summary>
    public bool IsS3 => Store is null ? Endpoint is not null || Bucket is not null : Store.Equals("s3", StringComparison.OrdinalIgnoreCase);

    public static FileStorage Of(IConfiguration configuration)
    {
        var storage = new FileStorage();
        configuration.GetSection("S3").Bind(storage);
        configuration.GetSection("Files").Bind(storage);
        return storage;
    }

    /// <summary>What is wrong, each naming its setting.</summary>
    public IEnumerable<string> Check()
    {
        if (Store is not null && !IsS3 && !Store.Equals("files", StringComparison.OrdinalIgnoreCase))
        {
            yield return "Files:Store (CHAT4ALL_FILES) must be files or s3";
        }

        if (IsS3 && Endpoint is not null && Address() is null)
        {
            yield return "S3:Endpoint (S3_ENDPOINT) must be an address like http://localhost:9000";
        }

        if (IsS3 && AccessKey is null != SecretKey is null)
        {
            yield return "S3:AccessKey (AWS_ACCESS_KEY_ID) and S3:SecretKey (AWS_SECRET_ACCESS_KEY) come together";
        }

        if (IsS3 && Bucket is { Length: < 3 or > 63 })
        {
            yield return "S3:Bucket (S3_BUCKET) must be 3 to 63 characters";
        }
    }

    /// <summary>Registers the store.</summary>
    /// <param name="dataFolder">Holds the local store unless a folder is set.</param>
    public void AddTo(IServiceCollection services, string dataFolder)
    {
        if (!IsS3)
        {
            services.AddFileObjectStore(new FileObjectStoreOptions { Folder = Folder ?? Path.Combine(dataFolder, "files") });
            return;
        }

        services.AddS3ObjectStore(new S3ObjectStoreOptions
        {
            Endpoint = Endpoint is null ? null : Address(),
            Region = Region,
            Bucket = Bucket ?? "chat4all-files",
            AccessKey = AccessKey,
            SecretKey = SecretKey,
            SessionToken = SessionToken,
        });
    }

    private Uri? Address()
    {
        var text = Endpoint!.Contains("://", StringComparison.Ordinal) ? Endpoint : $"{(Secure ? "https" : "http")}://{Endpoint}";
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
    }
}
