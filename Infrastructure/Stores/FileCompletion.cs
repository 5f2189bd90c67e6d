using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Stores;

/// <summary>What the transaction that ends an upload did.</summary>
/// <param name="File">The file as it is now; null when its content has to be composed first.</param>
/// <param name="Offset">Where the event that tells of it is in the log; meaningless without one, and where another log takes it over.</param>
/// <param name="Told">Its event; null when nothing was completed.</param>
internal readonly record struct FileCompletion(FileRecord? File, long Offset = 0, OutboxEvent? Told = null)
{
    public IReadOnlyCollection<OutboxEvent> Rows => Told is null ? [] : [Told];
}
