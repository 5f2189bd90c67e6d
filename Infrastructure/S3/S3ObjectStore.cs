using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>Objects in an S3 bucket.</summary>
internal sealed class S3ObjectStore(S3Connection connection) : IObjectStore
{
    private const int MaxDelete = 1_000;

    private readonly S3Composition _composition = new(connection);

    public string Name => "s3";

    public async Task PutAsync(string key, Stream content, long length, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(connection.Patience);
        var measured = new S3Content(content, length, limit, connection.Patience);
        var request = new PutObjectRequest
        {
            BucketName = connection.Bucket,
            Key = key,
            InputStream = measured,
            AutoCloseStream = false,
            AutoResetStreamPosition = false,
        };
        request.Headers.ContentLength = length;
        try
        {
            await connection.CallAsync((client, token) => client.PutObjectAsync(request, token), limit, cancellationToken);
        }
        catch (Exception)
        {
            measured.ThrowIfFailed();
            throw;
        }

        try
        {
            await measured.FinishAsync(cancellationToken);
        }
        catch
        {
            await DeleteAsync([key], CancellationToken.None);
            throw;
        }
    }

    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetObjectMetadataRequest { BucketName = connection.Bucket, Key = key };
            var found = await connection.CallAsync((client, token) => client.GetObjectMetadataAsync(request, token), cancellationToken);
            return new StoredObject(key, found.ContentLength, Utc(found.LastModified));
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }

    public async Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellationToken)
    {
        if (length == 0)
        {
            return Stream.Null;
        }

        var request = new GetObjectRequest { BucketName = connection.Bucket, Key = key, ByteRange = new ByteRange(offset, offset + length - 1) };
        var response = await connection.CallAsync((client, token) => client.GetObjectAsync(request, token), cancellationToken);
        return new S3Body(response.ResponseStream, connection.Patience);
    }

    public Task ComposeAsync(string key, IReadOnlyList<StoredPart> parts, CancellationToken cancellationToken) => _composition.RunAsync(key, parts, cancellationToken);

    public async Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (var some in keys.Chunk(MaxDelete))
        {
            var request = new DeleteObjectsRequest { BucketName = connection.Bucket, Objects = [.. some.Select(static key => new KeyVersion { Key = key })], Quiet = true };
            try
            {
                await connection.CallAsync((client, token) => client.DeleteObjectsAsync(request, token), cancellationToken);
            }
            catch (DeleteObjectsException failure)
            {
                throw new ObjectStoreUnavailableException("Some objects could not be deleted.", failure);
            }
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = connection.Bucket, Prefix = prefix };
        while (true)
        {
            var page = await connection.CallAsync((client, token) => client.ListObjectsV2Async(request, token), cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new StoredObject(found.Key, found.Size ?? 0, Utc(found.LastModified));
            }

            if (page.IsTruncated != true)
            {
                yield break;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    public async Task<Reclaimed> ReclaimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var reclaimed = default(Reclaimed);
        var request = new ListMultipartUploadsRequest { BucketName = connection.Bucket, Prefix = StorageKeys.Objects };
        while (true)
        {
            var page = await connection.CallAsync((client, token) => client.ListMultipartUploadsAsync(request, token), cancellationToken);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => Utc(upload.Initiated) < before))
            {
                var abort = new AbortMultipartUploadRequest { BucketName = connection.Bucket, Key = upload.Key, UploadId = upload.UploadId };
                await connection.CallAsync((client, token) => client.AbortMultipartUploadAsync(abort, token), cancellationToken);
                reclaimed += new Reclaimed(1, 0);
            }

            if (page.IsTruncated != true)
            {
                return reclaimed;
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    public Uri? Presign(string key, TimeSpan lifetime, string contentType, string contentDisposition)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = connection.Bucket,
            Key = key,
            Verb = HttpVerb.GET,
            Protocol = connection.Protocol,
            Expires = DateTime.UtcNow + lifetime,
        };
        (request.ResponseHeaderOverrides.ContentType, request.ResponseHeaderOverrides.ContentDisposition) = (contentType, contentDisposition);
        return new Uri(connection.Client.GetPreSignedURL(request));
    }

    public Task PingAsync(CancellationToken cancellationToken) => connection.PingAsync(cancellationToken);

    private static DateTimeOffset Utc(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : DateTimeOffset.UnixEpoch;
}
