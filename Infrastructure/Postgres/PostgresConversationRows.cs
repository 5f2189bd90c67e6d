using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Reads rows of <c>conversations</c> with their members.</summary>
internal static class PostgresConversationRows
{
    /// <summary>The columns of <see cref="Read"/>, of <c>conversations c</c>.</summary>
    public const string Columns = "c.id, c.type, c.metadata, c.last_seq, c.last_activity_at, c.created_at";

    /// <summary>The columns of <see cref="ReadMember"/>, in the order of joining; $1 is the conversation.</summary>
    public const string SelectMembers =
        """
        select user_id, role, joined_seq, last_read_seq
        from conversation_members
        where conversation_id = $1
        order by joined_seq, position
        """;

    private const string Select = $"select {Columns} from conversations c where c.id = $1";

    // A commit that a lost backend still works on holds the row: this waits until it has come or gone.
    private const string SelectLocked = Select + " for no key update";

    public static Task<ConversationRecord?> FindAsync(NpgsqlConnection connection, string conversationId, bool locked, CancellationToken cancellationToken) =>
        FindAsync(connection, locked ? SelectLocked : Select, conversationId, cancellationToken);

    /// <summary>A conversation without its members.</summary>
    public static ConversationRecord Read(NpgsqlDataReader row) => new()
    {
        ConversationId = row.GetString(0),
        Type = (ConversationType)row.GetInt16(1),
        Metadata = row.GetString(2),
        LastSeq = row.GetInt64(3),
        LastActivityAt = row.Time(4),
        CreatedAt = row.Time(5),
        Members = [],
    };

    /// <summary>A member: the columns of <see cref="SelectMembers"/>.</summary>
    public static MemberRecord ReadMember(NpgsqlDataReader row) =>
        new(row.GetString(0), (MemberRole)row.GetInt16(1), row.GetInt64(2), row.GetInt64(3));

    // Both statements go in one round trip and one transaction; the second sees what was committed while the first waited.
    private static async Task<ConversationRecord?> FindAsync(NpgsqlConnection connection, string select, string conversationId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { With(select, conversationId), With(SelectMembers, conversationId) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var conversation = Read(reader);
        await reader.NextResultAsync(cancellationToken);
        return conversation with { Members = await reader.ListAsync(ReadMember, cancellationToken) };
    }

    private static NpgsqlBatchCommand With(string sql, string conversationId) =>
        new(sql) { Parameters = { new NpgsqlParameter<string> { TypedValue = conversationId, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } } };
}
