using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Configuration;

namespace Chat4All.Silo.Files;

/// <summary>What signs links to files.</summary>
public sealed record FileLinkOptions
{
    /// <summary>The same on every node.</summary>
    public required byte[] Key { get; init; }

    /// <summary>How long links work.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Where this system's API is reached.</summary>
    public required Func<Uri> BaseUrl { get; init; }

    /// <summary>For a silo of its own, whose settings must hold what its frontends sign with.</summary>
    public static FileLinkOptions Of(IConfiguration configuration)
    {
        var key = configuration["Files:LinkKey"] is { Length: > 0 } own ? Encoding.UTF8.GetBytes(own)
            : configuration["Auth:SecretKey"] is { Length: > 0 } secret ? KeyFrom(secret)
            : throw new InvalidOperationException("Neither Files:LinkKey nor Auth:SecretKey is set: the frontends must be able to check the links to files that a silo makes.");
        var address = new Uri(configuration["Files:PublicUrl"] is { Length: > 0 } url ? url : "http://localhost:8000");
        return new FileLinkOptions { Key = key, Lifetime = TimeSpan.FromSeconds(configuration.GetValue("Files:LinkSeconds", 300)), BaseUrl = () => address };
    }

    /// <summary>A key for links out of another secret, which it tells nothing about.</summary>
    public static byte[] KeyFrom(string secret) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "chat4all file links"u8.ToArray());
}

/// <summary>Links to files for platforms: presigned by the object store where it can, otherwise to our own API and signed here.</summary>
public sealed class FileLinks(IFileStore files, IObjectStore objects, FileLinkOptions options, TimeProvider time) : IMediaLinks
{
    public async Task<MediaLink?> CreateAsync(string fileId, CancellationToken cancellationToken)
    {
        if (await files.FindAsync(fileId, cancellationToken) is not { Status: FileStatus.Completed } file)
        {
            return null;
        }

        var link = objects.Presign(file.StorageKey!, options.Lifetime, file.MimeType, "attachment") ?? Sign(fileId);
        return new MediaLink(link, file.Filename, file.MimeType, file.FileSize);
    }

    public async Task<Stream?> OpenAsync(string fileId, CancellationToken cancellationToken) =>
        await files.FindAsync(fileId, cancellationToken) is { Status: FileStatus.Completed } file
            ? await objects.OpenAsync(file.StorageKey!, 0, file.FileSize, cancellationToken)
            : null;

    /// <summary>Whether a link of ours carries these, and has not ended.</summary>
    public bool Verify(string fileId, string? expires, string? signature) =>
        long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && end > time.GetUtcNow().ToUnixTimeSeconds()
        && signature is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(SignatureOf(fileId, end)));

    /// <summary>A link to our own API.</summary>
    internal Uri Sign(string fileId)
    {
        var expires = (time.GetUtcNow() + options.Lifetime).ToUnixTimeSeconds();
        var address = options.BaseUrl().AbsoluteUri.TrimEnd('/');
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{address}/v1/files/{fileId}/content?expires={expires}&signature={SignatureOf(fileId, expires)}"));
    }

    private string SignatureOf(string fileId, long expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(options.Key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{fileId}\n{expires}"))));
}
