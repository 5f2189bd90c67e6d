namespace Chat4All.LoadTests.Files;

/// <summary>Files in a folder, each written, synced and renamed into place.</summary>
internal sealed class RawFolder(string folder) : IRawStore
{
    private readonly string _folder = Path.Combine(folder, "raw-" + Guid.NewGuid().ToString("n"));
    private string? _last;

    public string Description => "files written and synced one by one";

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("n"));
        using (var file = File.OpenHandle(path + ".draft", FileMode.CreateNew, FileAccess.Write, preallocationSize: bytes.Length))
        {
            await RandomAccess.WriteAsync(file, bytes, 0, cancellationToken);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(path + ".draft", path);
        _last = path;
    }

    public async Task<long> ReadAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(_last!);
        return await Drain.Async(file, cancellationToken);
    }

    public Task ClearAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        return Task.CompletedTask;
    }
}
