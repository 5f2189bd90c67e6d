using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>A page of a user's list of conversations, in one query.</summary>
internal static class PostgresConversationList
{
    private const string FromTop = $"{Head} {Tail}";
    private const string FromPosition = $"{Head} and (c.last_activity_at, c.id) < ($4, $5) {Tail}";

    // The page is cut first, so that unread counts, members and last messages are looked up for its rows alone.
    private const string Head =
        $"""
        with page as materialized (
          select {PostgresConversationRows.Columns}, u.last_read_seq
          from conversation_members u
          join conversations c on c.id = any(array[u.conversation_id])
          where u.user_id = $1
        """;

    private const string Tail =
        $"""
          order by c.last_activity_at desc, c.id desc
          limit $2 offset $3)
        select p.*,
          p.last_seq - p.last_read_seq - (
            select count(*) from messages s where s.conversation_id = p.id and s.seq > p.last_read_seq and s.kind = 0),
          o.ids, o.roles, o.joined, o.cursors,
          {PostgresMessageRows.Columns}
        from page p
        cross join lateral (
          select array_agg(x.user_id) as ids, array_agg(x.role) as roles, array_agg(x.joined_seq) as joined, array_agg(x.last_read_seq) as cursors
          from (select * from conversation_members y where y.conversation_id = p.id order by y.joined_seq, y.position) x) o
        left join lateral (select * from messages z where z.conversation_id = p.id and z.seq = p.last_seq) m on true
        order by p.last_activity_at desc, p.id desc
        """;

    public static async Task<IReadOnlyList<ConversationSummary>> ReadAsync(
        NpgsqlConnection connection, string userId, ListPosition? before, int offset, int limit, CancellationToken cancellationToken)
    {
        var command = connection.Command(before is null ? FromTop : FromPosition).Text(userId).Long(limit).Long(offset);
        if (before is { } position)
        {
            command.Time(position.LastActivityAt).Text(position.ConversationId);
        }

        return await command.ListAsync(Read, cancellationToken);
    }

    private static ConversationSummary Read(NpgsqlDataReader row) => new()
    {
        Conversation = PostgresConversationRows.Read(row) with { Members = ReadMembers(row) },
        LastReadSeq = row.GetInt64(6),
        UnreadCount = row.GetInt64(7),
        LastMessage = row.IsDBNull(12) ? null : PostgresMessageRows.Read(row, 12),
    };

    private static MemberRecord[] ReadMembers(NpgsqlDataReader row)
    {
        var ids = row.GetFieldValue<string[]>(8);
        var roles = row.GetFieldValue<short[]>(9);
        var joined = row.GetFieldValue<long[]>(10);
        var cursors = row.GetFieldValue<long[]>(11);
        return [.. ids.Select((id, i) => new MemberRecord(id, (MemberRole)roles[i], joined[i], cursors[i]))];
    }
}
