using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Silo.Workers;

namespace Chat4All.Silo.Files;

/// <summary>Merges what was completed. An upload whose merge is given up has failed, but keeps its pieces until it expires: completing it again tries again.</summary>
internal sealed class FileMergeHandler(FileMerge merge, IFileStore files, IDeadLetters deadLetters, TimeProvider time) : IKeyedHandler
{
    public string Topic => Topics.FileProcessing;

    public string Group => "file-merge";

    public int Concurrency => 4;

    public async Task<HandlingResult> HandleAsync(LogRecord record, CancellationToken cancellationToken)
    {
        await merge.RunAsync(record.Event.Key, cancellationToken);
        return HandlingResult.Done;
    }

    public async Task GiveUpAsync(LogRecord record, string reason, int attempts, CancellationToken cancellationToken)
    {
        await deadLetters.AddAsync(record, Group, reason, attempts, cancellationToken);
        await files.FailAsync(record.Event.Key, null, ErrorCodes.MergeFailed, time.GetUtcNow(), cancellationToken);
    }
}
