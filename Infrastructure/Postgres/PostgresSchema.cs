using Chat4All.Infrastructure.Migrations;
using Npgsql;

namespace Chat4All.Infrastructure.Postgres;

/// <summary>Brings the database to the newest schema.</summary>
internal static class PostgresSchema
{
    // Any number will do that nothing else in the database locks.
    private const long MigrationLock = 0x63_34_61_5f_6d_69_67;

    private const string CreateTable =
        """
        create table if not exists schema_migrations (
          number integer primary key,
          name text not null,
          checksum text not null,
          applied_at timestamptz not null default now())
        """;

    public static MigrationSet Migrations { get; } = MigrationSet.FromResources(typeof(PostgresSchema).Assembly, "Chat4All.Infrastructure.Postgres.Migrations.");

    /// <summary>Applies what is missing in one transaction; a process that comes at the same time waits and finds nothing to do. Answers whether the database was empty.</summary>
    public static async Task<bool> MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.Command("select pg_advisory_xact_lock($1)").Long(MigrationLock).RunAsync(cancellationToken);
        await connection.Command(CreateTable).RunAsync(cancellationToken);
        var applied = await connection.Command("select number, name, checksum from schema_migrations order by number")
            .ListAsync(static row => new AppliedMigration(row.GetInt32(0), row.GetString(1), row.GetString(2)), cancellationToken);
        foreach (var migration in Migrations.Pending(applied))
        {
            await connection.Command(migration.Sql).RunAsync(cancellationToken);
            await connection.Command("insert into schema_migrations (number, name, checksum) values ($1, $2, $3)")
                .Add(migration.Number, NpgsqlTypes.NpgsqlDbType.Integer).Text(migration.Name).Text(migration.Checksum)
                .RunAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return applied.Count == 0;
    }
}
