namespace Chat4All.Infrastructure.S3;

/// <summary>How an S3 server is reached: AWS, MinIO, Ceph or another that speaks its protocol.</summary>
public sealed record S3ObjectStoreOptions
{
    /// <summary>The server's address, <c>http://localhost:9000</c>; null for AWS itself.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Default <c>us-east-1</c>.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Made when it is missing and may be made.</summary>
    public required string Bucket { get; init; }

    /// <summary>Null, with <see cref="SecretKey"/>: the usual AWS places (profile, container, instance role).</summary>
    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    /// <summary>For temporary credentials.</summary>
    public string? SessionToken { get; init; }

    /// <summary>How long the server may be silent, in seconds; 1 to 600. The time in which a client sends a chunk does not count.</summary>
    public int TimeoutSeconds { get; init; } = 30;

    internal TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <summary>Throws <see cref="ArgumentException"/> naming the property.</summary>
    public S3ObjectStoreOptions Validate()
    {
        if (Bucket.Length is < 3 or > 63)
        {
            throw new ArgumentException($"{nameof(Bucket)} must be 3 to 63 characters.");
        }

        if (AccessKey is null != SecretKey is null)
        {
            throw new ArgumentException($"{nameof(AccessKey)} and {nameof(SecretKey)} come together.");
        }

        return TimeoutSeconds is < 1 or > 600 ? throw new ArgumentException($"{nameof(TimeoutSeconds)} must be 1 to 600.") : this;
    }
}
