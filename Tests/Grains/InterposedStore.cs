using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.Grains;

/// <summary>A real store whose appends a test may hold back, refuse or cut off after the commit.</summary>
internal sealed class InterposedStore(IConversationStore store) : IConversationStore
{
    /// <summary>Runs before an append; may throw in its place.</summary>
    public Func<IReadOnlyList<ConversationAppend>, Task>? BeforeAppend { get; set; }

    /// <summary>Runs after a committed append; may throw as if the answer were lost.</summary>
    public Action? AfterAppend { get; set; }

    public int Appends { get; private set; }

    public Task<ConversationRecord?> LoadAsync(string conversationId, CancellationToken cancellationToken) => store.LoadAsync(conversationId, cancellationToken);

    public Task<(ConversationRecord Conversation, bool Created)> CreateAsync(NewConversation conversation, CancellationToken cancellationToken) =>
        store.CreateAsync(conversation, cancellationToken);

    public async Task<AppendConflicts> AppendAsync(IReadOnlyList<ConversationAppend> batch, CancellationToken cancellationToken)
    {
        Appends++;
        if (BeforeAppend is { } before)
        {
            await before(batch);
        }

        var conflicts = await store.AppendAsync(batch, cancellationToken);
        AfterAppend?.Invoke();
        return conflicts;
    }

    public Task UpdateMetadataAsync(string conversationId, string metadata, CancellationToken cancellationToken) =>
        store.UpdateMetadataAsync(conversationId, metadata, cancellationToken);

    public Task<ReadAdvance?> AdvanceReadCursorAsync(string conversationId, string userId, long? upToSeq, DateTimeOffset now, CancellationToken cancellationToken) =>
        store.AdvanceReadCursorAsync(conversationId, userId, upToSeq, now, cancellationToken);
}
