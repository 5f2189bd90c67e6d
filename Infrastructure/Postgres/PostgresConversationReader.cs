using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Reads for the API and the sockets; takes no locks.</summary>
internal sealed class PostgresConversationReader(PostgresDatabase database) : IConversationReader
{
    public Task<ConversationRecord?> FindAsync(string conversationId, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PostgresConversationRows.FindAsync(connection, conversationId, locked: false, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<ConversationSummary>> ListAsync(string userId, ListPosition? before, int offset, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => PostgresConversationList.ReadAsync(connection, userId, before, offset, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<ConversationHead>> ListHeadsAsync(string userId, CancellationToken cancellationToken)
    {
        const string select =
            """
            select c.id, c.last_seq
            from conversation_members m
            join conversations c on c.id = any(array[m.conversation_id])
            where m.user_id = $1
            """;
        return ListAsync(connection => connection.Command(select).Text(userId), ReadHead, cancellationToken);
    }

    public Task<IReadOnlyList<ConversationHead>> FindNewHeadsAsync(IReadOnlyCollection<ConversationHead> known, CancellationToken cancellationToken)
    {
        const string select =
            """
            select c.id, c.last_seq
            from unnest($1, $2) k (id, seq)
            join conversations c on c.id = any(array[k.id]) and c.last_seq > k.seq
            """;
        return ListAsync(
            connection => connection.Command(select).Texts(known.Select(static head => head.ConversationId)).Longs(known.Select(static head => head.LastSeq)), ReadHead, cancellationToken);
    }

    public Task<IReadOnlyList<string>> ListContactsAsync(string userId, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select distinct o.user_id
            from conversation_members u
            join conversation_members o on o.conversation_id = any(array[u.conversation_id])
            where u.user_id = $1 and o.user_id <> $1
            limit $2
            """;
        return ListAsync(connection => connection.Command(select).Text(userId).Long(limit), static row => row.GetString(0), cancellationToken);
    }

    public Task<IReadOnlyList<StoredMessage>> ListAfterAsync(string conversationId, long afterSeq, long upToSeq, int limit, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {PostgresMessageRows.Columns}
            from messages m
            where m.conversation_id = $1 and m.seq > $2 and m.seq <= $3
            order by m.seq
            limit $4
            """;
        return ListAsync(
            connection => connection.Command(select).Text(conversationId).Long(afterSeq).Long(upToSeq).Long(limit), PostgresMessageRows.Read, cancellationToken);
    }

    public async Task<IReadOnlyList<StoredMessage>> ListBeforeAsync(string conversationId, long beforeSeq, int limit, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {PostgresMessageRows.Columns}
            from messages m
            where m.conversation_id = $1 and m.seq < $2
            order by m.seq desc
            limit $3
            """;
        var messages = await database.ReadAsync(
            connection => connection.Command(select).Text(conversationId).Long(beforeSeq).Long(limit).ListAsync(PostgresMessageRows.Read, cancellationToken),
            cancellationToken);
        messages.Reverse();
        return messages;
    }

    public Task<StoredMessage?> FindMessageAsync(string messageId, CancellationToken cancellationToken)
    {
        const string select = $"select {PostgresMessageRows.Columns} from messages m where m.id = $1";
        return database.ReadAsync(connection => connection.Command(select).Text(messageId).FirstAsync(PostgresMessageRows.Read, cancellationToken), cancellationToken);
    }

    public Task<IReadOnlyList<DeliveryRecord>> ListDeliveriesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {PostgresDeliveryRows.Columns}
            from message_deliveries
            where message_id = any($1)
            order by message_id, recipient, channel
            """;
        return ListAsync(connection => connection.Command(select).Texts(messageIds), PostgresDeliveryRows.Read, cancellationToken);
    }

    public Task<IReadOnlyList<ResumePoint>> ListResumePointsAsync(string userId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // created_at rises with seq, so the walk back from the head ends behind what was missed.
        const string select =
            """
            select c.id, c.last_seq, case when c.created_at > $2 then 0 else coalesce((
                select m.seq from messages m where m.conversation_id = c.id and m.created_at <= $2 order by m.seq desc limit 1), 0) end
            from conversation_members u
            join conversations c on c.id = any(array[u.conversation_id])
            where u.user_id = $1 and c.last_activity_at > $2 and c.last_seq > 0
            """;
        return ListAsync(
            connection => connection.Command(select).Text(userId).Time(since),
            static row => new ResumePoint(row.GetString(0), row.GetInt64(2), row.GetInt64(1)),
            cancellationToken);
    }

    public Task<IReadOnlyList<StoredMessage>> ListStatusChangesAsync(string userId, DateTimeOffset since, StoredMessage? after, int limit, CancellationToken cancellationToken)
    {
        const string select =
            $"""
            select {PostgresMessageRows.Columns}
            from conversation_members u
            join messages m on m.conversation_id = any(array[u.conversation_id])
            where u.user_id = $1 and m.status_at > $2 and m.created_at <= $2 and (m.status_at, m.id) > ($3, $4)
            order by m.status_at, m.id
            limit $5
            """;
        return ListAsync(
            connection => connection.Command(select).Text(userId).Time(since).Time(after?.StatusAt ?? since).Text(after?.MessageId ?? "").Long(limit),
            PostgresMessageRows.Read,
            cancellationToken);
    }

    public Task<IReadOnlyList<CursorChange>> ListCursorChangesAsync(string userId, DateTimeOffset since, CursorChange? after, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select o.conversation_id, o.user_id, coalesce(n.display_name, n.username), o.last_read_seq, o.last_read_at
            from conversation_members u
            join conversation_members o on o.conversation_id = any(array[u.conversation_id])
            join users n on n.id = any(array[o.user_id])
            where u.user_id = $1 and o.last_read_at > $2 and (o.last_read_at, o.conversation_id, o.user_id) > ($3, $4, $5)
            order by o.last_read_at, o.conversation_id, o.user_id
            limit $6
            """;
        return ListAsync(
            connection => connection.Command(select)
                .Text(userId).Time(since).Time(after?.Cursor.ReadAt ?? since).Text(after?.ConversationId ?? "").Text(after?.UserId ?? "").Long(limit),
            static row => new CursorChange(row.GetString(0), row.GetString(1), row.GetString(2), new ReadCursor(row.GetInt64(3), row.Time(4))),
            cancellationToken);
    }

    private Task<IReadOnlyList<T>> ListAsync<T>(Func<NpgsqlConnection, NpgsqlCommand> query, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(async connection => await query(connection).ListAsync(read, cancellationToken), cancellationToken);

    private static ConversationHead ReadHead(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt64(1));
}
