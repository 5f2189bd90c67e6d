using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Reads rows of <c>conversations</c> with their members.</summary>
internal static class SqliteConversationRows
{
    /// <summary>The columns of <see cref="Read"/>, of <c>conversations c</c>.</summary>
    public const string Columns = "c.id, c.type, c.metadata, c.last_seq, c.last_activity_at, c.created_at";

    public static ConversationRecord? Find(SqliteSession session, string conversationId)
    {
        ConversationRecord conversation;
        using (var row = session.Prepare($"select {Columns} from conversations c where c.id = ?1").Bind(conversationId))
        {
            if (!row.Read())
            {
                return null;
            }

            conversation = Read(row);
        }

        return conversation with { Members = ListMembers(session, conversationId) };
    }

    /// <summary>A conversation without its members.</summary>
    public static ConversationRecord Read(SqliteStatement row) => new()
    {
        ConversationId = row.Text(0),
        Type = (ConversationType)row.Int(1),
        Metadata = row.Text(2),
        LastSeq = row.Long(3),
        LastActivityAt = row.Time(4),
        CreatedAt = row.Time(5),
        Members = [],
    };

    public static List<MemberRecord> ListMembers(SqliteSession session, string conversationId)
    {
        const string select =
            """
            select user_id, role, joined_seq, last_read_seq
            from conversation_members
            where conversation_id = ?1
            order by joined_seq, position
            """;
        using var rows = session.Prepare(select).Bind(conversationId);
        var members = new List<MemberRecord>();
        while (rows.Read())
        {
            members.Add(new MemberRecord(rows.Text(0), (MemberRole)rows.Int(1), rows.Long(2), rows.Long(3)));
        }

        return members;
    }
}
