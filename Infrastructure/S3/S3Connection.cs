using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>The client, its bucket, and what the server's failures mean.</summary>
internal sealed class S3Connection : IDisposable
{
    private readonly S3ObjectStoreOptions _options;
    private readonly AmazonS3Client _client;
    private volatile bool _bucketIsThere;

    public S3Connection(S3ObjectStoreOptions options)
    {
        _options = options.Validate();
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.Endpoint is not null,
            // The client's own limit would count the time in which a chunk arrives from a slow phone: each call has one of its own instead.
            Timeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = options.Timeout,
            MaxErrorRetry = 2,
            // The SDK's newer checksums are not understood by every server; a chunk's own SHA-256 is checked on its way here anyway.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.AuthenticationRegion = options.Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        _client = options.AccessKey is null
            ? new AmazonS3Client(config)
            : new AmazonS3Client(
                options.SessionToken is null
                    ? new BasicAWSCredentials(options.AccessKey, options.SecretKey)
                    : new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken),
                config);
    }

    public string Bucket => _options.Bucket;

    /// <summary>What presigned links begin with.</summary>
    public Protocol Protocol => _options.Endpoint?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS;

    /// <summary>For calls that go nowhere: presigning.</summary>
    public AmazonS3Client Client => _client;

    /// <summary>How long the server may be silent.</summary>
    public TimeSpan Patience => _options.Timeout;

    /// <summary>Calls the server, with its failures translated. A server that has not answered in time is not available.</summary>
    /// <param name="patience">The time; null for <see cref="Patience"/>.</param>
    public async Task<T> CallAsync<T>(Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience ?? Patience);
        return await CallAsync(call, limit, cancellationToken);
    }

    /// <summary>As the other, within a limit that the caller may move; what an upload's own content threw is left to it.</summary>
    public async Task<T> CallAsync<T>(Func<AmazonS3Client, CancellationToken, Task<T>> call, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        try
        {
            if (!_bucketIsThere)
            {
                await RequireBucketAsync(limit.Token);
                _bucketIsThere = true;
            }

            return await call(_client, limit.Token);
        }
        catch (Exception failure) when (Translate(failure, cancellationToken) is { } translated)
        {
            throw translated;
        }
    }

    public async Task PingAsync(CancellationToken cancellationToken) =>
        await CallAsync((client, token) => client.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = Bucket }, token), cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task RequireBucketAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.GetBucketLocationAsync(new GetBucketLocationRequest { BucketName = Bucket }, cancellationToken);
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            await _client.PutBucketAsync(new PutBucketRequest { BucketName = Bucket }, cancellationToken);
        }
        catch (AmazonS3Exception hidden) when (hidden.StatusCode == HttpStatusCode.Forbidden)
        {
            // Credentials that may only touch objects: then the bucket is there, or the call itself will say what is wrong.
        }
    }

    private static Exception? Translate(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        AmazonS3Exception { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" } => new ObjectNotFoundException("There is no such object.", failure),
        AmazonS3Exception { ErrorCode: "XMinioStorageFull" or "QuotaExceeded" or "InsufficientStorage" } or AmazonS3Exception { StatusCode: HttpStatusCode.InsufficientStorage } =>
            new ObjectStoreFullException("The object store is full.", failure),
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException =>
            new ObjectStoreUnavailableException("The object store is not available.", failure),
        _ => null,
    };
}
