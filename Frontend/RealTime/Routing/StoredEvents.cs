using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>Messages from the store as the events that they were: for gaps and for clients that were away.</summary>
internal sealed class StoredEvents(IConversationReader reader, IUserStore users) : IDisposable
{
    /// <summary>Messages read at once.</summary>
    public const int PageSize = 100;

    /// <summary>Reads at the same time, so that everybody's coming back at once leaves the store time for new messages.</summary>
    private const int MaxConcurrentReads = 8;

    private static readonly Dictionary<string, string> NoNames = [];

    private readonly SemaphoreSlim _reads = new(MaxConcurrentReads);

    /// <summary>At most <see cref="PageSize"/> messages behind a seq, ascending. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<IReadOnlyList<LiveEvent>> ReadAsync(string conversationId, long after, long upTo, CancellationToken cancellationToken)
    {
        await _reads.WaitAsync(cancellationToken);
        try
        {
            var messages = await reader.ListAfterAsync(conversationId, after, upTo, PageSize, cancellationToken);
            var senders = messages.Where(static message => message.SenderId is not null).Select(static message => message.SenderId!).Distinct().ToList();
            var names = senders.Count == 0 ? NoNames : await users.FindNamesAsync(senders, cancellationToken);
            return [.. messages.Select(message => ToEvent(message, names))];
        }
        finally
        {
            _reads.Release();
        }
    }

    public void Dispose() => _reads.Dispose();

    private static LiveEvent ToEvent(StoredMessage message, IReadOnlyDictionary<string, string> names)
    {
        // A deleted user has no name left; the id still tells the senders apart.
        var senderName = message.SenderId is null ? null : names.GetValueOrDefault(message.SenderId, message.SenderId);
        return new LiveEvent
        {
            Type = EventTypes.MessageCreated,
            ConversationId = message.ConversationId,
            Seq = message.Seq,
            Timestamp = message.CreatedAt,
            Data = MessageEvents.Created(message, senderName),
            Recipients = [],
            RemovedUserId = message.Kind == PayloadKind.System ? FindRemoved(message.Payload) : null,
        };
    }

    private static string? FindRemoved(string systemPayload)
    {
        using var payload = JsonDocument.Parse(systemPayload);
        return payload.RootElement.GetProperty("event").ValueEquals(EventTypes.MemberLeft) ? payload.RootElement.GetProperty("user_id").GetString() : null;
    }
}
