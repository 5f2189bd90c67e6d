using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Stores;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Conversations in PostgreSQL.</summary>
internal sealed class PostgresConversationStore(PostgresDatabase database, OutboxPlacement placement, OutboxTail tail) : IConversationStore
{
    private readonly PostgresAppend _append = new(database, placement, tail);

    public Task<ConversationRecord?> LoadAsync(string conversationId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PostgresConversationRows.FindAsync(connection, conversationId, locked: true, cancellationToken), cancellationToken);

    public Task<(ConversationRecord Conversation, bool Created)> CreateAsync(NewConversation conversation, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => CreateAsync(connection, conversation, cancellationToken), cancellationToken);

    public Task<AppendConflicts> AppendAsync(IReadOnlyList<ConversationAppend> batch, CancellationToken cancellationToken) => _append.WriteAsync(batch, cancellationToken);

    public Task UpdateMetadataAsync(string conversationId, string metadata, CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.Command("update conversations set metadata = $2 where id = $1").Text(conversationId).Text(metadata).RunAsync(cancellationToken),
        cancellationToken);

    public async Task<ReadAdvance?> AdvanceReadCursorAsync(string conversationId, string userId, long? upToSeq, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (advance, firstOffset) = await database.WriteAsync(
            connection => PostgresReadCursor.AdvanceAsync(connection, conversationId, userId, upToSeq, now, placement, cancellationToken), cancellationToken);
        tail.Add(firstOffset, OutboxTail.RowsOf(advance?.BecameRead ?? []));
        return advance;
    }

    private static async Task<(ConversationRecord Conversation, bool Created)> CreateAsync(
        NpgsqlConnection connection, NewConversation conversation, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await connection.Command("select count(*) from users where id = any($1) and deleted_at is null")
            .Texts(conversation.Members)
            .FirstAsync(static row => row.GetInt64(0), cancellationToken);
        if (known < conversation.Members.Count)
        {
            throw StoreErrors.UserNotFound();
        }

        // Of two that make the same pair at once, the second waits here for the first.
        const string insert =
            """
            insert into conversations (id, type, pair_key, metadata, last_activity_at, created_at)
            values ($1, $2, $3, $4, $5, $5)
            on conflict do nothing
            """;
        var pairKey = PairKey.Of(conversation);
        var inserted = await connection.Command(insert)
            .Text(conversation.ConversationId).Short((short)conversation.Type).Text(pairKey).Text(conversation.Metadata).Time(conversation.CreatedAt)
            .RunAsync(cancellationToken);
        if (inserted == 0)
        {
            return (await FindPairAsync(connection, pairKey, cancellationToken) ?? throw StoreErrors.ConversationIdTaken(), false);
        }

        const string insertMembers =
            """
            insert into conversation_members (conversation_id, user_id, role, position, joined_at)
            select $1, m.id, case m.place when 1 then 1 else 0 end, m.place - 1, $3
            from unnest($2::text[]) with ordinality m (id, place)
            """;
        await connection.Command(insertMembers)
            .Text(conversation.ConversationId).Texts(conversation.Members).Time(conversation.CreatedAt)
            .RunAsync(cancellationToken);
        var created = await PostgresConversationRows.FindAsync(connection, conversation.ConversationId, locked: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (created!, true);
    }

    private static async Task<ConversationRecord?> FindPairAsync(NpgsqlConnection connection, string? pairKey, CancellationToken cancellationToken)
    {
        var id = pairKey is null
            ? null
            : await connection.Command("select id from conversations where pair_key = $1").Text(pairKey).FirstAsync(static row => row.GetString(0), cancellationToken);
        return id is null ? null : await PostgresConversationRows.FindAsync(connection, id, locked: false, cancellationToken);
    }
}
