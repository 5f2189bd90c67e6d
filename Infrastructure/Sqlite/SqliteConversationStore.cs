using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Conversations in SQLite. The one writer is the lock: what is behind it in the queue sees everything before it.</summary>
internal sealed class SqliteConversationStore(SqliteDatabase database, OutboxPlacement placement, OutboxTail tail) : IConversationStore
{
    public Task<ConversationRecord?> LoadAsync(string conversationId, CancellationToken cancellationToken) =>
        database.WriteAsync(session => SqliteConversationRows.Find(session, conversationId), cancellationToken);

    public Task<(ConversationRecord Conversation, bool Created)> CreateAsync(NewConversation conversation, CancellationToken cancellationToken) =>
        database.WriteAsync(session => Create(session, conversation), cancellationToken);

    public async Task<AppendConflicts> AppendAsync(IReadOnlyList<ConversationAppend> batch, CancellationToken cancellationToken)
    {
        try
        {
            tail.Add(await database.WriteAsync(session => SqliteAppend.Write(session, batch, placement), cancellationToken), OutboxTail.RowsOf(batch));
            return AppendConflicts.None;
        }
        catch (AppendRefusedException refused)
        {
            return refused.Conflicts;
        }
    }

    public Task UpdateMetadataAsync(string conversationId, string metadata, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.Prepare("update conversations set metadata = ?1 where id = ?2").Bind(metadata).Bind(conversationId).Execute(),
        cancellationToken);

    public async Task<ReadAdvance?> AdvanceReadCursorAsync(string conversationId, string userId, long? upToSeq, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (advance, firstOffset) = await database.WriteAsync(session => SqliteReadCursor.Advance(session, conversationId, userId, upToSeq, now, placement), cancellationToken);
        tail.Add(firstOffset, OutboxTail.RowsOf(advance?.BecameRead ?? []));
        return advance;
    }

    private static (ConversationRecord Conversation, bool Created) Create(SqliteSession session, NewConversation conversation)
    {
        foreach (var userId in conversation.Members)
        {
            using var user = session.Prepare("select 1 from users where id = ?1 and deleted_at is null").Bind(userId);
            if (!user.Read())
            {
                throw StoreErrors.UserNotFound();
            }
        }

        var pairKey = PairKey.Of(conversation);
        if (pairKey is not null && FindPair(session, pairKey) is { } existingId)
        {
            return (SqliteConversationRows.Find(session, existingId)!, false);
        }

        const string insert =
            """
            insert into conversations (id, type, pair_key, metadata, last_activity_at, created_at)
            values (?1, ?2, ?3, ?4, ?5, ?5)
            on conflict (id) do nothing
            """;
        var inserted = session.Prepare(insert)
            .Bind(conversation.ConversationId).Bind((long)conversation.Type).Bind(pairKey).Bind(conversation.Metadata).Bind(conversation.CreatedAt)
            .Execute();
        if (inserted == 0)
        {
            throw StoreErrors.ConversationIdTaken();
        }

        InsertMembers(session, conversation);
        return (SqliteConversationRows.Find(session, conversation.ConversationId)!, true);
    }

    private static string? FindPair(SqliteSession session, string pairKey)
    {
        using var row = session.Prepare("select id from conversations where pair_key = ?1").Bind(pairKey);
        return row.Read() ? row.Text(0) : null;
    }

    private static void InsertMembers(SqliteSession session, NewConversation conversation)
    {
        const string insert = "insert into conversation_members (conversation_id, user_id, role, position, joined_at) values (?1, ?2, ?3, ?4, ?5)";
        for (var i = 0; i < conversation.Members.Count; i++)
        {
            var role = i == 0 ? MemberRole.Owner : MemberRole.Member;
            session.Prepare(insert).Bind(conversation.ConversationId).Bind(conversation.Members[i]).Bind((long)role).Bind(i).Bind(conversation.CreatedAt).Execute();
        }
    }
}
