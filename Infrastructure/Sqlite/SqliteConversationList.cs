using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>A page of a user's list of conversations.</summary>
internal static class SqliteConversationList
{
    // The page is cut first, from keys alone, so that rows are read and unread counts are computed for it alone. Joins are written in the order that they run in.
    private const string Page =
        $"""
        with page as materialized (
          select c.id, c.last_activity_at
          from conversation_members m
          cross join conversations c on c.id = m.conversation_id
          where m.user_id = ?1 and (?2 is null or (c.last_activity_at, c.id) < (?2, ?3))
          order by c.last_activity_at desc, c.id desc
          limit ?4 offset ?5)
        select {SqliteConversationRows.Columns}, m.last_read_seq, c.last_seq - m.last_read_seq - (
            select count(*) from messages s indexed by idx_message_system where s.conversation_id = c.id and s.seq > m.last_read_seq and s.kind = 0)
        from page p
        cross join conversations c on c.id = p.id
        cross join conversation_members m on m.conversation_id = p.id and m.user_id = ?1
        order by p.last_activity_at desc, p.id desc
        """;

    private const string Last = SqliteMessageRows.Select + " where m.conversation_id = ?1 and m.seq = ?2";

    public static IReadOnlyList<ConversationSummary> Read(SqliteSession session, string userId, ListPosition? before, int offset, int limit)
    {
        var page = new List<ConversationSummary>(limit);
        using (var rows = session.Prepare(Page).Bind(userId).Bind(before?.LastActivityAt).Bind(before?.ConversationId).Bind(limit).Bind(offset))
        {
            while (rows.Read())
            {
                page.Add(new ConversationSummary { Conversation = SqliteConversationRows.Read(rows), LastReadSeq = rows.Long(6), UnreadCount = rows.Long(7) });
            }
        }

        return [.. page.Select(summary => summary with
        {
            Conversation = summary.Conversation with { Members = SqliteConversationRows.ListMembers(session, summary.Conversation.ConversationId) },
            LastMessage = FindLast(session, summary.Conversation),
        })];
    }

    private static StoredMessage? FindLast(SqliteSession session, ConversationRecord conversation)
    {
        using var row = session.Prepare(Last).Bind(conversation.ConversationId).Bind(conversation.LastSeq);
        return row.Read() ? SqliteMessageRows.Read(row) : null;
    }
}
