using System.Buffers;
using System.Globalization;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Files;
using Microsoft.Net.Http.Headers;
using Orleans;

namespace Chat4All.Frontend.Api.Files;

/// <summary>
/// Serves contents (RFC 9110): conditional requests, one range or several; or sends the client to the object store. A caller needs to be a member of the file's conversation, a signed link
/// is good for itself.
/// </summary>
internal sealed class FileDownload(IGrainFactory grains, IFileStore files, IObjectStore objects, FileLinks links, FilesOptions options)
{
    private const int BufferSize = 128 * 1024;

    public async Task ServeAsync(HttpContext context)
    {
        var file = await AuthorizedAsync(context);
        var presented = FilePresentation.Of(file);
        if (DownloadConditions.IsNotModified(context.Request, presented.ETag, file.CompletedAt!.Value))
        {
            Describe(context.Response, file, presented);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        // A presigned link is for GET alone.
        if (HttpMethods.IsGet(context.Request.Method) && options.Redirect && context.Request.Query["redirect"] != "false"
            && objects.Presign(file.StorageKey!, TimeSpan.FromSeconds(options.LinkSeconds), file.MimeType, presented.Disposition) is { } link)
        {
            Describe(context.Response, file, presented);
            context.Response.Headers.CacheControl = "private, no-store";
            context.Response.Redirect(link.AbsoluteUri);
            return;
        }

        await SendAsync(context, file, presented, DownloadConditions.Ranges(context.Request, presented.ETag, file.CompletedAt.Value, file.FileSize));
    }

    private async Task<FileRecord> AuthorizedAsync(HttpContext context)
    {
        var fileId = (string)context.Request.RouteValues["file_id"]!;
        if (context.FindCaller() is { } caller)
        {
            await ChunkDoor.Upload(grains, fileId).GetFile(caller.UserId, context.RequestAborted);
        }
        else if (!links.Verify(fileId, context.Request.Query["expires"], context.Request.Query["signature"]))
        {
            throw new ProblemException(StatusCodes.Status403Forbidden, ProblemCodes.Forbidden, "The link is not valid, or not any more.");
        }

        var file = await files.FindAsync(fileId, context.RequestAborted) ?? throw ChatException.NotFound(ErrorCodes.FileNotFound, "There is no such file.");
        return file.Status == FileStatus.Completed ? file : throw ChatException.Conflict(ErrorCodes.FileNotCompleted, "The file is not complete yet.");
    }

    private static void Describe(HttpResponse response, FileRecord file, FilePresentation presented)
    {
        var headers = response.GetTypedHeaders();
        headers.ETag = presented.ETag;
        headers.LastModified = file.CompletedAt;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
    }

    private async Task SendAsync(HttpContext context, FileRecord file, FilePresentation presented, IReadOnlyList<ByteRange>? ranges)
    {
        var response = context.Response;
        if (ranges is [])
        {
            Describe(response, file, presented);
            response.Headers.ContentRange = $"bytes */{file.FileSize}";
            throw new ProblemException(StatusCodes.Status416RangeNotSatisfiable, ProblemCodes.RangeNotSatisfiable, $"The file has {file.FileSize} bytes.");
        }

        // Opened before the answer has a header of the file's: what comes of a store that is away is not the file.
        var first = ranges?[0] ?? new ByteRange(0, file.FileSize);
        await using var content = await OpenAsync(context, file, first);
        Describe(response, file, presented);
        response.Headers.ContentDisposition = presented.Disposition;
        response.StatusCode = ranges is null ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent;
        if (ranges is { Count: > 1 })
        {
            await SendPartsAsync(context, file, ranges, content);
            return;
        }

        response.ContentType = file.MimeType;
        response.ContentLength = first.Length;
        if (ranges is not null)
        {
            response.Headers.ContentRange = first.ContentRange(file.FileSize);
        }

        await SendAsync(context, content, first.Length);
    }

    private async Task SendPartsAsync(HttpContext context, FileRecord file, IReadOnlyList<ByteRange> ranges, Stream first)
    {
        var response = context.Response;
        var boundary = Guid.NewGuid().ToString("n");
        string[] heads = [.. ranges.Select(range => $"\r\n--{boundary}\r\nContent-Type: {file.MimeType}\r\nContent-Range: {range.ContentRange(file.FileSize)}\r\n\r\n")];
        var end = $"\r\n--{boundary}--\r\n";
        response.ContentType = $"multipart/byteranges; boundary={boundary}";
        response.ContentLength = heads.Sum(static head => head.Length) + ranges.Sum(static range => range.Length) + end.Length;
        for (var i = 0; i < ranges.Count; i++)
        {
            await response.WriteAsync(heads[i], context.RequestAborted);
            await using var content = i == 0 ? first : await OpenAsync(context, file, ranges[i]);
            await SendAsync(context, content, ranges[i].Length);
        }

        await response.WriteAsync(end, context.RequestAborted);
    }

    private Task<Stream> OpenAsync(HttpContext context, FileRecord file, ByteRange range) => HttpMethods.IsHead(context.Request.Method)
        ? Task.FromResult(Stream.Null)
        : objects.OpenAsync(file.StorageKey!, range.Offset, range.Length, context.RequestAborted);

    private static async Task SendAsync(HttpContext context, Stream content, long length)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var left = length; left > 0;)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), context.RequestAborted);
                if (read == 0)
                {
                    throw new ObjectStoreUnavailableException("An object is shorter than its file.");
                }

                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>A stretch of a file.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    public string ContentRange(long size) => string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Length - 1}/{size}");
}
