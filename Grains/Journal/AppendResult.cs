using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Grains.Journal;

/// <summary>What became of a grain's append. <see cref="Fenced"/>: nothing was written, the activation's view is stale and must be reloaded before it tries again.</summary>
internal readonly record struct AppendResult(bool Fenced, AppendedMessage[] Messages);

/// <summary>What became of one message: written now, there before, or refused because its id belongs to another message.</summary>
/// <param name="Message">The stored message; null when refused.</param>
/// <param name="Outbox">The outbox row, when it was written now.</param>
internal readonly record struct AppendedMessage(StoredMessage? Message, OutboxRow? Outbox, ChatError? Error)
{
    public bool Duplicate => Message is not null && Outbox is null;
}
