using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Files;

/// <summary>A file that is being written; gone when disposed unless it was kept.</summary>
internal sealed class FileDraft : IDisposable
{
    private readonly ObjectFolders _folders;
    private readonly string _path;
    private bool _kept;

    private FileDraft(ObjectFolders folders, string path, SafeFileHandle handle) => (_folders, _path, Handle) = (folders, path, handle);

    public SafeFileHandle Handle { get; }

    /// <param name="length">Room that is taken at once, so that a full disk is known before the first byte; 0 for none.</param>
    public static FileDraft Begin(ObjectFolders folders, long length)
    {
        var path = Path.Combine(folders.Drafts, Guid.NewGuid().ToString("n"));
        try
        {
            return new FileDraft(folders, path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, preallocationSize: length));
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            DeleteQuietly(path);
            throw translated;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, long at, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(Handle, bytes, at, cancellationToken);
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Makes it durable under its final name.</summary>
    public async Task KeepAsync(string path)
    {
        try
        {
            // Waiting for the disk on a thread of its own: a few uploads would otherwise hold every thread of the pool.
            await Task.Factory.StartNew(
                () =>
                {
                    var folder = Path.GetDirectoryName(path)!;
                    _folders.Require(folder);
                    RandomAccess.FlushToDisk(Handle);
                    Move(path);
                    _kept = true;
                    NativeFiles.SyncFolder(folder);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is { } translated)
        {
            throw translated;
        }
    }

    private void Move(string path)
    {
        try
        {
            File.Move(_path, path, overwrite: true);
        }
        catch (DirectoryNotFoundException)
        {
            _folders.Forget(Path.GetDirectoryName(path)!);
            throw;
        }
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (!_kept)
        {
            DeleteQuietly(_path);
        }
    }

    /// <summary>What cannot be deleted now is reclaimed later; the failure that led here is the one to tell.</summary>
    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (FileFailures.Translate(failure) is not null)
        {
        }
    }
}
