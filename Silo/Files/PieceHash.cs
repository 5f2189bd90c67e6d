using System.Buffers;
using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Files;

/// <summary>The SHA-256 of pieces one behind the other; each byte is read once.</summary>
internal static class PieceHash
{
    private const int BufferSize = 1024 * 1024;

    public static async Task<string> OfAsync(IObjectStore objects, IReadOnlyList<StoredChunk> pieces, CancellationToken cancellationToken)
    {
        // Off the caller's turn: beside this the pieces are put together.
        await Task.Yield();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var next = OpenAsync(pieces[0]);
        try
        {
            for (var i = 0; i < pieces.Count; i++)
            {
                await using var content = await next;

                // The next request is on its way while this piece is read.
                next = i + 1 < pieces.Count ? OpenAsync(pieces[i + 1]) : Task.FromResult(Stream.Null);
                for (var left = (long)pieces[i].Size; left > 0;)
                {
                    var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                    if (read == 0)
                    {
                        throw new EndOfStreamException("A piece is shorter than it was noted.");
                    }

                    hash.AppendData(buffer.AsSpan(0, read));
                    left -= read;
                }
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _ = next.ContinueWith(static left => left.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }

        Task<Stream> OpenAsync(StoredChunk piece) => objects.OpenAsync(piece.StorageKey, 0, piece.Size, cancellationToken);
    }
}
