using System.Security.Cryptography;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>What a client says that a body's hash is, in the header <c>Upload-Checksum</c>.</summary>
internal sealed record TusChecksum(HashAlgorithmName Algorithm, byte[] Hash)
{
    /// <summary>In hex, where the intake takes this hash anyhow.</summary>
    public string? Sha256 => Algorithm == HashAlgorithmName.SHA256 ? Convert.ToHexStringLower(Hash) : null;

    /// <summary>Null when there is none. Throws <c>validation_failed</c>.</summary>
    public static TusChecksum? Of(HttpRequest request)
    {
        var header = request.Headers["Upload-Checksum"].ToString();
        if (header.Length == 0)
        {
            return null;
        }

        var hash = new byte[SHA256.HashSizeInBytes];
        return header.Split(' ') is [var name, var text] && Convert.TryFromBase64String(text, hash, out var length)
            ? (name, length) switch
            {
                ("sha256", SHA256.HashSizeInBytes) => new TusChecksum(HashAlgorithmName.SHA256, hash),
                ("sha1", SHA1.HashSizeInBytes) => new TusChecksum(HashAlgorithmName.SHA1, hash[..length]),
                _ => throw Malformed(),
            }
            : throw Malformed();
    }

    /// <summary>Throws <c>checksum_mismatch</c>.</summary>
    public void Require(IncrementalHash received)
    {
        if (!received.GetHashAndReset().AsSpan().SequenceEqual(Hash))
        {
            throw ChatException.Invalid(ErrorCodes.ChecksumMismatch, "The body does not have the checksum that was given.");
        }
    }

    private static ChatException Malformed() => ChatException.Invalid(
        ErrorCodes.ValidationFailed, $"The header must be one of {TusProtocol.ChecksumAlgorithms}, a space, and the hash in base64.", "Upload-Checksum");
}
