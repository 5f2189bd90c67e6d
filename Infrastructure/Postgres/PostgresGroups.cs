using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.EmbeddedLog;
using Npgsql;
using NpgsqlTypes;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>
/// Consumer groups on <c>consumer_offsets</c>: a member leases partitions for some seconds at a time, by the server's clock. A row with a partition below 0 says that a member lives, so
/// that one that has nothing yet is counted too.
/// </summary>
internal sealed class PostgresGroups(PostgresDatabase database)
{
    private const string Lock =
        """
        select log_partition, committed, owner, coalesce(leased_until > now(), false)
        from consumer_offsets
        where consumer_group = $1 and topic = $2
        order by log_partition
        for update
        """;

    private const string Register =
        """
        insert into consumer_offsets (consumer_group, topic, log_partition, updated_at)
        select $1, $2, i, now()
        from generate_series(0, $3 - 1) i
        on conflict do nothing
        """;

    private const string Keep =
        """
        with given_back as (
          update consumer_offsets
          set owner = null, leased_until = null
          where consumer_group = $1 and topic = $2 and owner = $3 and log_partition = any($6)
        ), lives as (
          insert into consumer_offsets (consumer_group, topic, log_partition, owner, leased_until, updated_at)
          values ($1, $2, $4, $3, now() + interval '10 seconds', now())
          on conflict (consumer_group, topic, log_partition) do update set owner = excluded.owner, leased_until = excluded.leased_until
        )
        update consumer_offsets
        set owner = $3, leased_until = now() + interval '10 seconds'
        where consumer_group = $1 and topic = $2 and log_partition = any($5)
        """;

    private const string Commit =
        """
        update consumer_offsets c
        set committed = greatest(c.committed, i.done), updated_at = now()
        from unnest($4, $5) i (part, done)
        where c.consumer_group = $1 and c.topic = $2 and c.log_partition = any(array[i.part]) and c.owner = $3
        """;

    private const string Leave =
        """
        with gone as (
          delete from consumer_offsets
          where consumer_group = $1 and topic = $2 and owner = $3 and log_partition < 0
        )
        update consumer_offsets
        set owner = null, leased_until = null
        where consumer_group = $1 and topic = $2 and owner = $3 and log_partition >= 0
        """;

    /// <inheritdoc cref="ILogTables.ShareAsync"/>
    public Task<GroupShare> ShareAsync(GroupMember member, int partitions, short[] released, CancellationToken cancellationToken) =>
        database.WriteAsync(connection => ShareAsync(connection, member, partitions, released, cancellationToken), cancellationToken);

    /// <inheritdoc cref="ILogTables.CommitAsync"/>
    public Task CommitAsync(GroupMember member, IReadOnlyList<LogPosition> done, CancellationToken cancellationToken) => database.WriteAsync(
        connection => Command(connection, Commit, member).Text(member.Owner)
            .Add(done.Select(static place => (short)place.Partition).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint)
            .Longs(done.Select(static place => place.Offset))
            .RunAsync(cancellationToken),
        cancellationToken);

    /// <inheritdoc cref="ILogTables.LeaveAsync"/>
    public Task LeaveAsync(GroupMember member, CancellationToken cancellationToken) => database.WriteAsync(
        connection => Command(connection, Leave, member).Text(member.Owner).RunAsync(cancellationToken), cancellationToken);

    private static async Task<GroupShare> ShareAsync(NpgsqlConnection connection, GroupMember member, int partitions, short[] released, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await LockAsync(connection, member, cancellationToken);
        if (rows.Count(static row => row.Partition >= 0) < partitions)
        {
            await Command(connection, Register, member).Add(partitions, NpgsqlDbType.Integer).RunAsync(cancellationToken);
            rows = await LockAsync(connection, member, cancellationToken);
        }

        var plan = LeasePlan.Of(rows, member.Owner, released);
        await Command(connection, Keep, member).Text(member.Owner).Short(plan.Presence)
            .Add(plan.Owned.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint)
            .Add(released, NpgsqlDbType.Array | NpgsqlDbType.Smallint)
            .RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new GroupShare([.. rows.Where(row => plan.Owned.Contains(row.Partition)).Select(static row => (row.Partition, row.Committed))], plan.Excess);
    }

    private static Task<List<LeaseRow>> LockAsync(NpgsqlConnection connection, GroupMember member, CancellationToken cancellationToken) =>
        Command(connection, Lock, member).ListAsync(static row => new LeaseRow(row.GetInt16(0), row.GetInt64(1), row.TextOrNull(2), row.GetBoolean(3)), cancellationToken);

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, GroupMember member) => connection.Command(sql).Text(member.Group).Text(member.Topic);
}
