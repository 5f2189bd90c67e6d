using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Files;
using Chat4All.Grains.Ports;
using Orleans.Runtime;

namespace Chat4All.Frontend.Api.Files;

/// <summary>
/// Takes pieces in for every door: from the socket straight into the object store, hashed on the way, and then into the upload's list. Whatever goes wrong before that, the object
/// is deleted again.
/// </summary>
internal sealed partial class ChunkIntake(IObjectStore objects, RunningHashes hashes, TimeProvider time, ILogger<ChunkIntake> logger)
{
    /// <summary>Stores a piece of exactly this length and registers it. <c>wrong_chunk_length</c>, <c>checksum_mismatch</c>, and what <paramref name="register"/> throws.</summary>
    /// <param name="offset">Where in the file the piece begins.</param>
    /// <param name="number">The chunk's number.</param>
    /// <param name="sha256">What the client says that the piece's hash is, in hex; null when it does not.</param>
    /// <param name="register">Asks the upload's grain; throws when it refuses.</param>
    public async Task<ChunkReceipt> TakeAsync(
        string uploadId, long offset, int number, Stream content, int length, string? sha256, Func<StoredChunk, Task<ChunkReceipt>> register, CancellationToken cancellationToken)
    {
        var key = StorageKeys.NewChunk(time);
        using var piece = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var whole = hashes.At(uploadId, offset);
        try
        {
            await objects.PutAsync(key, new MeasuredContent(content, length, piece, whole), length, cancellationToken);
            var chunk = new StoredChunk(number, length, Convert.ToHexStringLower(piece.GetHashAndReset()), key);
            var receipt = await RegisterAsync(chunk, sha256, register);
            if (whole is not null)
            {
                hashes.Advance(uploadId, offset + length, whole);
                whole = null;
            }

            return receipt;
        }
        finally
        {
            whole?.Dispose();
        }
    }

    private async Task<ChunkReceipt> RegisterAsync(StoredChunk chunk, string? sha256, Func<StoredChunk, Task<ChunkReceipt>> register)
    {
        var keep = false;
        try
        {
            if (sha256 is not null && !sha256.Equals(chunk.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw ChatException.Invalid(ErrorCodes.ChecksumMismatch, "The body does not have the checksum that was given.");
            }

            var receipt = await register(chunk);
            keep = receipt.Stored;
            return receipt;
        }
        catch (Exception failure) when (MayBeRegistered(failure))
        {
            keep = true;
            throw;
        }
        finally
        {
            if (!keep)
            {
                await DeleteAsync(chunk.StorageKey);
            }
        }
    }

    /// <summary>Where it is not known whether the object is in use it stays: if it is not, the collector finds it.</summary>
    private static bool MayBeRegistered(Exception failure) =>
        failure is ChatException { Error.Kind: ChatErrorKind.Unavailable } or TimeoutException or OrleansException or OperationCanceledException;

    private async Task DeleteAsync(string key)
    {
        try
        {
            await objects.DeleteAsync([key], CancellationToken.None);
        }
        catch (Exception failure) when (failure is ObjectStoreUnavailableException or ObjectStoreFullException)
        {
            LogLeft(logger, key, failure);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "Object {Key} could not be deleted and is left to the collector")]
    private static partial void LogLeft(ILogger logger, string key, Exception failure);
}
