using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;
using NpgsqlTypes;
using static Chat4All.Infrastructure.Postgres.PostgresParameters;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>
/// A page of a user's list of conversations, in two round trips: the page is cut from keys alone, one look-up a conversation; members, last messages and system messages are then read for its rows,
/// each with one statement.
/// </summary>
internal static class PostgresConversationList
{
    private const string FromTop = $"{Head} {Tail}";
    private const string FromPosition = $"{Head} and (c.last_activity_at, c.id) < ($4, $5) {Tail}";

    // The ids go in as one array: a scan of the key with a thousand of them costs a third of a thousand scans for one.
    private const string Head =
        $"""
        select {PostgresConversationRows.Columns}
        from conversations c
        where c.id = any(array(select u.conversation_id from conversation_members u where u.user_id = $1))
        """;

    private const string Tail =
        """
          order by c.last_activity_at desc, c.id desc
          limit $2 offset $3
        """;

    private const string Members =
        """
        select user_id, role, joined_seq, last_read_seq, conversation_id
        from conversation_members
        where conversation_id = any($1)
        order by conversation_id, joined_seq, position
        """;

    // The head of a page's row and what is behind it are looked up by (conversation_id, seq), which never changes.
    private const string LastMessages =
        $"""
        select {PostgresMessageRows.Columns}
        from unnest($1, $2) as p (id, last_seq)
        join messages m on m.conversation_id = p.id and m.seq = any(array[p.last_seq])
        """;

    // The limit keeps the member's row a look-up of its own: joined, each row of the page was compared with all of the user's conversations.
    private const string SystemMessages =
        """
        select p.id, n.count
        from unnest($1, $2) as p (id, last_seq)
        cross join lateral (select m.last_read_seq from conversation_members m where m.conversation_id = p.id and m.user_id = $3 limit 1) u
        cross join lateral (
          select count(*) from messages s where s.conversation_id = p.id and s.seq > u.last_read_seq and s.seq <= p.last_seq and s.kind = 0) n
        where n.count > 0
        """;

    public static async Task<IReadOnlyList<ConversationSummary>> ReadAsync(
        NpgsqlConnection connection, string userId, ListPosition? before, int offset, int limit, CancellationToken cancellationToken)
    {
        var command = connection.Command(before is null ? FromTop : FromPosition).Text(userId).Long(limit).Long(offset);
        if (before is { } position)
        {
            command.Time(position.LastActivityAt).Text(position.ConversationId);
        }

        var page = await command.ListAsync(PostgresConversationRows.Read, cancellationToken);
        if (page.Count == 0)
        {
            return [];
        }

        string[] ids = [.. page.Select(static row => row.ConversationId)];
        long[] heads = [.. page.Select(static row => row.LastSeq)];
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Members) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text) } },
                new NpgsqlBatchCommand(LastMessages) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text), ArrayOf(heads, NpgsqlDbType.Bigint) } },
                new NpgsqlBatchCommand(SystemMessages) { Parameters = { ArrayOf(ids, NpgsqlDbType.Text), ArrayOf(heads, NpgsqlDbType.Bigint), new NpgsqlParameter<string> { TypedValue = userId, NpgsqlDbType = NpgsqlDbType.Text } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var members = await reader.ListAsync(static row => (Id: row.GetString(4), Member: PostgresConversationRows.ReadMember(row)), cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var messages = await reader.ListAsync(PostgresMessageRows.Read, cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var system = await reader.ListAsync(static row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancellationToken);

        var membersOf = members.ToLookup(static row => row.Id, static row => row.Member);
        var lastOf = messages.ToDictionary(static message => message.ConversationId);
        var systemOf = system.ToDictionary();
        return [.. page.Select(row => Summarize(row, userId, [.. membersOf[row.ConversationId]], lastOf.GetValueOrDefault(row.ConversationId), systemOf.GetValueOrDefault(row.ConversationId)))];
    }

    /// <summary>The cursor was read after the head and may be beyond it by then: what the list says belongs together.</summary>
    private static ConversationSummary Summarize(ConversationRecord row, string userId, MemberRecord[] members, StoredMessage? last, long systemMessages)
    {
        var read = Math.Min(row.LastSeq, Array.Find(members, member => member.UserId == userId)?.LastReadSeq ?? 0);
        return new ConversationSummary
        {
            Conversation = row with { Members = members },
            LastReadSeq = read,
            UnreadCount = Math.Max(0, row.LastSeq - read - systemMessages),
            LastMessage = last,
        };
    }
}
