using System.Buffers;
using System.Runtime.CompilerServices;
using Chat4All.Grains.Ports;
using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Files;

/// <summary>
/// Objects as files under a folder. A new one is written beside, synced, renamed into its place, and its folder synced: whatever stops the process or the machine, a key has a whole
/// object or none.
/// </summary>
internal sealed class FileObjectStore : IObjectStore
{
    private const int BufferSize = 256 * 1024;

    private readonly ObjectFolders _folders;

    public FileObjectStore(FileObjectStoreOptions options) => _folders = new ObjectFolders(options.Validate().Folder);

    public string Name => "files";

    public async Task PutAsync(string key, Stream content, long length, CancellationToken cancellationToken)
    {
        var path = _folders.PathOf(key);
        using var draft = FileDraft.Begin(_folders, length);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var at = 0L;
            while (await FillAsync(content, buffer, cancellationToken) is > 0 and var read)
            {
                await draft.WriteAsync(buffer.AsMemory(0, read), at, cancellationToken);
                at += read;
            }

            if (at > length)
            {
                throw new InvalidDataException($"The content has more than {length} bytes.");
            }

            if (at < length)
            {
                throw new EndOfStreamException($"The content has {at} bytes, not {length}.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await draft.KeepAsync(path);
    }

    public Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(_folders.PathOf(key));
        return Task.FromResult<StoredObject?>(file.Exists ? new StoredObject(key, file.Length, file.LastWriteTimeUtc) : null);
    }

    public Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream>(new FileRange(Open(key), offset, length));
        }
        catch (Exception failure) when (FileFailures.TranslateRead(failure, _folders) is { } translated)
        {
            throw translated;
        }
    }

    public async Task ComposeAsync(string key, IReadOnlyList<StoredPart> parts, CancellationToken cancellationToken)
    {
        var path = _folders.PathOf(key);
        using var draft = FileDraft.Begin(_folders, 0);
        try
        {
            // A thread of its own: copying gigabytes must not keep one of the pool's few from everybody else.
            await Task.Factory.StartNew(
                () =>
                {
                    var at = 0L;
                    foreach (var part in parts)
                    {
                        using var source = Open(part.Key);
                        FileCopy.Append(source, draft.Handle, at, part.Length, cancellationToken);
                        at += part.Length;
                    }
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        catch (Exception failure) when (FileFailures.TranslateRead(failure, _folders) is { } translated)
        {
            throw translated;
        }

        await draft.KeepAsync(path);
    }

    public Task DeleteAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var path in keys.Select(_folders.PathOf).Where(File.Exists))
            {
                File.Delete(path);
            }
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            throw translated;
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in _folders.Under(prefix))
        {
            await Task.Yield();
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_folders.KeyOf(file.FullName) is var key && key.StartsWith(prefix, StringComparison.Ordinal) && file.Exists)
                {
                    yield return new StoredObject(key, file.Length, file.LastWriteTimeUtc);
                }
            }
        }
    }

    public Task<Reclaimed> ReclaimAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var reclaimed = default(Reclaimed);
        try
        {
            foreach (var draft in new DirectoryInfo(_folders.Drafts).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before.UtcDateTime))
            {
                reclaimed += new Reclaimed(1, draft.Length);
                draft.Delete();
            }
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            throw translated;
        }

        return Task.FromResult(reclaimed);
    }

    public Uri? Presign(string key, TimeSpan lifetime, string contentType, string contentDisposition) => null;

    public Task PingAsync(CancellationToken cancellationToken) =>
        Directory.Exists(_folders.Drafts) ? Task.CompletedTask : throw new ObjectStoreUnavailableException("The folder of the object store is not there.");

    private SafeFileHandle Open(string key) => File.OpenHandle(_folders.PathOf(key), options: FileOptions.SequentialScan);

    /// <summary>Reads until the buffer is full or the content ends, so that the disk gets few large writes.</summary>
    private static async ValueTask<int> FillAsync(Stream content, byte[] buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < BufferSize && await content.ReadAsync(buffer.AsMemory(filled, BufferSize - filled), cancellationToken) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }
}
