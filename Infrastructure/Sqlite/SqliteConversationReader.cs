using System.Text.Json;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Reads beside the writer.</summary>
internal sealed class SqliteConversationReader(SqliteDatabase database) : IConversationReader
{
    public Task<ConversationRecord?> FindAsync(string conversationId, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync(session => SqliteConversationRows.Find(session, conversationId), cancellationToken);

    public Task<IReadOnlyList<ConversationSummary>> ListAsync(string userId, ListPosition? before, int offset, int limit, CancellationToken cancellationToken) =>
        database.ReadSnapshotAsync(session => SqliteConversationList.Read(session, userId, before, offset, limit), cancellationToken);

    public Task<IReadOnlyList<ConversationHead>> ListHeadsAsync(string userId, CancellationToken cancellationToken)
    {
        const string select =
            """
            select c.id, c.last_seq
            from conversation_members m
            join conversations c on c.id = m.conversation_id
            where m.user_id = ?1
            """;
        return database.ReadAsync<IReadOnlyList<ConversationHead>>(session => ReadHeads(session.Prepare(select).Bind(userId)), cancellationToken);
    }

    public Task<IReadOnlyList<ConversationHead>> FindNewHeadsAsync(IReadOnlyCollection<ConversationHead> known, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ConversationHead>>(session => ReadNewHeads(session, known), cancellationToken);

    public Task<IReadOnlyList<string>> ListContactsAsync(string userId, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select distinct o.user_id
            from conversation_members u
            join conversation_members o on o.conversation_id = u.conversation_id
            where u.user_id = ?1 and o.user_id <> ?1
            limit ?2
            """;
        return database.ReadAsync<IReadOnlyList<string>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(userId).Bind(limit);
                var contacts = new List<string>();
                while (rows.Read())
                {
                    contacts.Add(rows.Text(0));
                }

                return contacts;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<StoredMessage>> ListAfterAsync(string conversationId, long afterSeq, long upToSeq, int limit, CancellationToken cancellationToken)
    {
        const string where = " where m.conversation_id = ?1 and m.seq > ?2 and m.seq <= ?3 order by m.seq limit ?4";
        return ReadMessagesAsync(
            session => session.Prepare(SqliteMessageRows.Select + where).Bind(conversationId).Bind(afterSeq).Bind(upToSeq).Bind(limit),
            cancellationToken);
    }

    public async Task<IReadOnlyList<StoredMessage>> ListBeforeAsync(string conversationId, long beforeSeq, int limit, CancellationToken cancellationToken)
    {
        const string where = " where m.conversation_id = ?1 and m.seq < ?2 order by m.seq desc limit ?3";
        return await database.ReadAsync(
            session =>
            {
                var messages = SqliteMessageRows.ReadAll(session.Prepare(SqliteMessageRows.Select + where).Bind(conversationId).Bind(beforeSeq).Bind(limit));
                messages.Reverse();
                return messages;
            },
            cancellationToken);
    }

    public Task<StoredMessage?> FindMessageAsync(string messageId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => SqliteMessageRows.Find(session, messageId), cancellationToken);

    public Task<IReadOnlyList<DeliveryRecord>> ListDeliveriesAsync(IReadOnlyCollection<string> messageIds, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<DeliveryRecord>>(session => ReadDeliveries(session, JsonArray(messageIds)), cancellationToken);

    public Task<IReadOnlyList<ResumePoint>> ListResumePointsAsync(string userId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // created_at rises with seq, so the walk back from the head ends behind what was missed.
        const string select =
            """
            select c.id, c.last_seq, case when c.created_at > ?2 then 0 else coalesce((
                select m.seq from messages m where m.conversation_id = c.id and m.created_at <= ?2 order by m.seq desc limit 1), 0) end
            from conversation_members u
            join conversations c on c.id = u.conversation_id
            where u.user_id = ?1 and c.last_activity_at > ?2 and c.last_seq > 0
            """;
        return database.ReadAsync<IReadOnlyList<ResumePoint>>(
            session =>
            {
                using var rows = session.Prepare(select).Bind(userId).Bind(since);
                var points = new List<ResumePoint>();
                while (rows.Read())
                {
                    points.Add(new ResumePoint(rows.Text(0), rows.Long(2), rows.Long(1)));
                }

                return points;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<StoredMessage>> ListStatusChangesAsync(string userId, DateTimeOffset since, StoredMessage? after, int limit, CancellationToken cancellationToken)
    {
        const string where =
            """
             join conversation_members u on u.conversation_id = m.conversation_id
            where u.user_id = ?1 and m.status_at > ?2 and m.created_at <= ?2 and (m.status_at, m.id) > (?3, ?4)
            order by m.status_at, m.id
            limit ?5
            """;
        return ReadMessagesAsync(
            session => session.Prepare(SqliteMessageRows.Select + where).Bind(userId).Bind(since).Bind(after?.StatusAt ?? since).Bind(after?.MessageId ?? "").Bind(limit),
            cancellationToken);
    }

    public Task<IReadOnlyList<CursorChange>> ListCursorChangesAsync(string userId, DateTimeOffset since, CursorChange? after, int limit, CancellationToken cancellationToken)
    {
        const string select =
            """
            select o.conversation_id, o.user_id, coalesce(n.display_name, n.username), o.last_read_seq, o.last_read_at
            from conversation_members u
            join conversation_members o on o.conversation_id = u.conversation_id
            join users n on n.id = o.user_id
            where u.user_id = ?1 and o.last_read_at > ?2 and (o.last_read_at, o.conversation_id, o.user_id) > (?3, ?4, ?5)
            order by o.last_read_at, o.conversation_id, o.user_id
            limit ?6
            """;
        return database.ReadAsync<IReadOnlyList<CursorChange>>(
            session =>
            {
                using var rows = session.Prepare(select)
                    .Bind(userId).Bind(since).Bind(after?.Cursor.ReadAt ?? since).Bind(after?.ConversationId ?? "").Bind(after?.UserId ?? "").Bind(limit);
                var changes = new List<CursorChange>();
                while (rows.Read())
                {
                    changes.Add(new CursorChange(rows.Text(0), rows.Text(1), rows.Text(2), new ReadCursor(rows.Long(3), rows.Time(4))));
                }

                return changes;
            },
            cancellationToken);
    }

    private Task<IReadOnlyList<StoredMessage>> ReadMessagesAsync(Func<SqliteSession, SqliteStatement> query, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<StoredMessage>>(session => SqliteMessageRows.ReadAll(query(session)), cancellationToken);

    /// <summary>One look-up each: asked for thousands at a time, mostly in vain, it must leave no garbage.</summary>
    private static List<ConversationHead> ReadNewHeads(SqliteSession session, IReadOnlyCollection<ConversationHead> known)
    {
        var heads = new List<ConversationHead>();
        foreach (var (conversationId, seq) in known)
        {
            using var rows = session.Prepare("select last_seq from conversations where id = ?1 and last_seq > ?2").Bind(conversationId).Bind(seq);
            if (rows.Read())
            {
                heads.Add(new ConversationHead(conversationId, rows.Long(0)));
            }
        }

        return heads;
    }

    private static List<ConversationHead> ReadHeads(SqliteStatement rows)
    {
        using (rows)
        {
            var heads = new List<ConversationHead>();
            while (rows.Read())
            {
                heads.Add(new ConversationHead(rows.Text(0), rows.Long(1)));
            }

            return heads;
        }
    }

    private static List<DeliveryRecord> ReadDeliveries(SqliteSession session, string messageIds)
    {
        const string select =
            """
            select d.message_id, d.recipient, d.channel, d.status, d.attempts, d.external_id, d.error, d.updated_at
            from json_each(?1) i
            join message_deliveries d on d.message_id = i.value
            order by d.message_id, d.recipient, d.channel
            """;
        using var rows = session.Prepare(select).Bind(messageIds);
        var deliveries = new List<DeliveryRecord>();
        while (rows.Read())
        {
            deliveries.Add(SqliteDeliveryRows.Read(rows));
        }

        return deliveries;
    }

    private static string JsonArray(IEnumerable<string> ids) => JsonSerializer.Serialize(ids);
}
