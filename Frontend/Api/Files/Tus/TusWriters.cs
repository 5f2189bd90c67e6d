using System.Collections.Concurrent;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>
/// Who writes which upload in this process. A client that asks how far its upload is has given up the connection that it wrote on, often before this side knows: what still came
/// there is stored first, so that the answer holds. Across nodes the grain refuses whoever comes second.
/// </summary>
internal sealed class TusWriters(TimeProvider time)
{
    /// <summary>Longer than a piece takes to be stored.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Writer> _writers = new(StringComparer.Ordinal);

    /// <summary>Notes a writer until <see cref="End"/>.</summary>
    public Writer Begin(string uploadId)
    {
        var writer = new Writer(uploadId, new CancellationTokenSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _writers[uploadId] = writer;
    }

    public void End(Writer writer)
    {
        _writers.TryRemove(KeyValuePair.Create(writer.UploadId, writer));
        writer.Ended.SetResult();
    }

    /// <summary>Makes the upload's writer stop reading, and waits until what it had is stored.</summary>
    public async Task StopAsync(string uploadId, CancellationToken cancellationToken)
    {
        if (!_writers.TryGetValue(uploadId, out var writer))
        {
            return;
        }

        await writer.Stop.CancelAsync();
        try
        {
            await writer.Ended.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The answer is right without what it has, only less.
        }
    }

    /// <summary>A body that is being taken in.</summary>
    /// <param name="Stop">Never disposed, because somebody may be about to cancel it; it holds nothing.</param>
    internal sealed record Writer(string UploadId, CancellationTokenSource Stop, TaskCompletionSource Ended);
}
