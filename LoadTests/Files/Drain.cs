using System.Buffers;

namespace Chat4All.LoadTests.Files;

/// <summary>Reads to the end and keeps nothing.</summary>
internal static class Drain
{
    private const int BufferSize = 256 * 1024;

    /// <returns>How many bytes there were.</returns>
    public static async Task<long> Async(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var total = 0L;
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
