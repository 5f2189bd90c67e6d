using Chat4All.Grains.Ports;
using Npgsql;
using NpgsqlTypes;
using static Chat4All.Infrastructure.Postgres.PostgresParameters;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Finds out, after a batch was rolled back, what stood in its way.</summary>
internal static class PostgresConflicts
{
    private const string Fenced =
        """
        select i.id
        from unnest($1, $2) i (id, expected)
        left join conversations c on c.id = any(array[i.id])
        where c.last_seq is distinct from i.expected
        """;

    private const string Existing = $"select {PostgresMessageRows.Columns} from messages m where m.id = any($1)";

    public static async Task<AppendConflicts> FindAsync(NpgsqlConnection connection, AppendParameters parameters)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Fenced) { Parameters = { ArrayOf(parameters.Conversations, NpgsqlDbType.Text), ArrayOf(parameters.Expected, NpgsqlDbType.Bigint) } },
                new NpgsqlBatchCommand(Existing) { Parameters = { ArrayOf(parameters.MessageIds, NpgsqlDbType.Text) } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        var fenced = await reader.ListAsync(static row => row.GetString(0), CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        return new AppendConflicts(fenced, await reader.ListAsync(PostgresMessageRows.Read, CancellationToken.None));
    }
}
