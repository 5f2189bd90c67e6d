using System.Buffers;
using System.IO.Pipelines;

namespace Chat4All.Frontend.Api;

/// <summary>Reads a whole JSON body without copying it where it came in one piece.</summary>
internal static class RequestBody
{
    /// <summary>Reads the body and hands its bytes to <paramref name="read"/>. Throws 415 when it is not declared as JSON.</summary>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, Func<HttpContext, ReadOnlySpan<byte>, T> read)
    {
        if (context.Request.ContentType is not "application/json" && !context.Request.HasJsonContentType())
        {
            throw new ProblemException(StatusCodes.Status415UnsupportedMediaType, ProblemCodes.UnsupportedMediaType, "The body must be application/json.");
        }

        var pipe = context.Request.BodyReader;
        while (true)
        {
            var result = await pipe.ReadAsync(context.RequestAborted);
            if (!result.IsCompleted)
            {
                pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            try
            {
                return Parse(context, result.Buffer, read);
            }
            finally
            {
                pipe.AdvanceTo(result.Buffer.End);
            }
        }
    }

    private static T Parse<T>(HttpContext context, ReadOnlySequence<byte> buffer, Func<HttpContext, ReadOnlySpan<byte>, T> read)
    {
        if (buffer.IsSingleSegment)
        {
            return read(context, buffer.FirstSpan);
        }

        var length = checked((int)buffer.Length);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.CopyTo(copy);
            return read(context, copy.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
