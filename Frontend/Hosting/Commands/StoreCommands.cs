using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Hosting.Commands;

/// <summary><c>backup FILE</c> and <c>restore FILE</c>.</summary>
internal sealed class StoreCommands(IStoreAdministration store)
{
    /// <summary>Writes a consistent copy to a new file; a server may run on the store meanwhile.</summary>
    public async Task BackupAsync(string file, CancellationToken cancellationToken)
    {
        await store.BackupAsync(Path.GetFullPath(file), cancellationToken);
        await Console.Out.WriteLineAsync($"Wrote {file}, {new FileInfo(file).Length:N0} bytes.");
    }

    /// <summary>Fills an unused store from a backup; refused while a server runs on it.</summary>
    public async Task RestoreAsync(string file, CancellationToken cancellationToken)
    {
        await using var alone = await store.AcquireWriterLockAsync(cancellationToken);
        await store.MigrateAsync(cancellationToken);
        await store.RestoreAsync(Path.GetFullPath(file), cancellationToken);
        await Console.Out.WriteLineAsync($"Restored {file}.");
    }
}
