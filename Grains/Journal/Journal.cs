using Chat4All.Grains.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Chat4All.Grains.Journal;

/// <summary>
/// The process's one way to write messages: a few writers, each of which takes everything that waits, writes it in one transaction and, while that syncs, lets the next batch gather.
/// Registered before whatever calls it, so that it stops after: stopping drains what is queued.
/// </summary>
internal sealed class Journal : IHostedService
{
    private readonly JournalWriter[] _writers;
    private Task _running = Task.CompletedTask;

    public Journal(IConversationStore store, IOptions<JournalOptions> options, TimeProvider time, ILogger<Journal> log) =>
        _writers = [.. Enumerable.Range(0, options.Value.Writers).Select(_ => new JournalWriter(new BatchCommitter(store, time, log), options.Value))];

    /// <summary>Opens a conversation whose newest committed message is <paramref name="head"/>, as read under the row's lock.</summary>
    public ConversationAppender Open(string conversationId, long head, DateTimeOffset lastActivityAt)
    {
        var writer = _writers[(uint)string.GetHashCode(conversationId, StringComparison.Ordinal) % (uint)_writers.Length];
        return new ConversationAppender(writer, conversationId, head, lastActivityAt);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_writers.Select(writer => Task.Run(writer.RunAsync, CancellationToken.None)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var writer in _writers)
        {
            writer.Complete();
        }

        return _running.WaitAsync(cancellationToken);
    }
}
