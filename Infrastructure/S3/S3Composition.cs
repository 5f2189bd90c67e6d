using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.S3;

/// <summary>Makes one object of several by a multipart upload whose parts the server copies.</summary>
internal sealed class S3Composition(S3Connection connection)
{
    /// <summary>Parts under way at once: enough to hide the way to a server elsewhere; one on the same machine is busy with fewer.</summary>
    private const int Parallelism = 8;

    /// <summary>Some servers put thousands of parts together before they answer.</summary>
    private static readonly TimeSpan CompletionTime = TimeSpan.FromMinutes(5);

    public async Task RunAsync(string key, IReadOnlyList<StoredPart> sources, CancellationToken cancellationToken)
    {
        var bucket = connection.Bucket;
        var begun = await connection.CallAsync(
            (client, limit) => client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, limit), cancellationToken);
        try
        {
            var plan = S3PartPlan.Of(sources);
            var tags = new PartETag[plan.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, plan.Count),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
                async (index, token) => tags[index] = new PartETag(index + 1, await MakePartAsync(key, begun.UploadId, index + 1, plan[index], token)));
            var complete = new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = begun.UploadId, PartETags = [.. tags] };
            await connection.CallAsync((client, token) => client.CompleteMultipartUploadAsync(complete, token), cancellationToken, CompletionTime);
        }
        catch
        {
            await AbortAsync(key, begun.UploadId);
            throw;
        }
    }

    private async Task<string> MakePartAsync(string key, string uploadId, int number, S3PartPlan part, CancellationToken cancellationToken)
    {
        if (part.Ranges is [var range])
        {
            var copy = new CopyPartRequest
            {
                SourceBucket = connection.Bucket,
                SourceKey = range.Key,
                FirstByte = range.Offset,
                LastByte = range.Offset + range.Length - 1,
                DestinationBucket = connection.Bucket,
                DestinationKey = key,
                UploadId = uploadId,
                PartNumber = number,
            };
            return (await connection.CallAsync((client, token) => client.CopyPartAsync(copy, token), cancellationToken)).ETag;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(S3PartPlan.MinPart);
        try
        {
            var length = 0;
            foreach (var small in part.Ranges)
            {
                length += await ReadAsync(small, buffer.AsMemory(length, (int)small.Length), cancellationToken);
            }

            var upload = new UploadPartRequest
            {
                BucketName = connection.Bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                PartSize = length,
                InputStream = new MemoryStream(buffer, 0, length, writable: false),
            };
            return (await connection.CallAsync((client, token) => client.UploadPartAsync(upload, token), cancellationToken)).ETag;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<int> ReadAsync(S3Range range, Memory<byte> target, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = connection.Bucket, Key = range.Key, ByteRange = new ByteRange(range.Offset, range.Offset + range.Length - 1) };
        using var response = await connection.CallAsync((client, token) => client.GetObjectAsync(request, token), cancellationToken);
        await using var body = new S3Body(response.ResponseStream, connection.Patience);
        await body.ReadExactlyAsync(target, cancellationToken);
        return target.Length;
    }

    /// <summary>Best effort: the collector aborts what stays.</summary>
    private async Task AbortAsync(string key, string uploadId)
    {
        try
        {
            var abort = new AbortMultipartUploadRequest { BucketName = connection.Bucket, Key = key, UploadId = uploadId };
            await connection.CallAsync((client, token) => client.AbortMultipartUploadAsync(abort, token), CancellationToken.None);
        }
        catch (Exception failure) when (failure is ObjectStoreUnavailableException or ObjectNotFoundException)
        {
        }
    }
}
