using Chat4All.Infrastructure.Migrations;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Brings the file to the newest schema.</summary>
internal static class SqliteSchema
{
    private const string CreateTable =
        """
        create table if not exists schema_migrations (
          number integer primary key,
          name text not null,
          checksum text not null,
          applied_at text not null)
        """;

    public static MigrationSet Migrations { get; } = MigrationSet.FromResources(typeof(SqliteSchema).Assembly, "Chat4All.Infrastructure.Sqlite.Migrations.");

    /// <summary>Applies what is missing, within the caller's transaction. Answers whether the file was empty.</summary>
    public static bool Migrate(SqliteSession session, DateTimeOffset now)
    {
        session.Run(CreateTable);
        var applied = ListApplied(session);
        foreach (var migration in Migrations.Pending(applied))
        {
            session.Run(migration.Sql);
            session.Prepare("insert into schema_migrations (number, name, checksum, applied_at) values (?1, ?2, ?3, ?4)")
                .Bind(migration.Number).Bind(migration.Name).Bind(migration.Checksum).Bind(now)
                .Execute();
        }

        return applied.Count == 0;
    }

    private static List<AppliedMigration> ListApplied(SqliteSession session)
    {
        using var rows = session.Prepare("select number, name, checksum from schema_migrations order by number");
        var applied = new List<AppliedMigration>();
        while (rows.Read())
        {
            applied.Add(new AppliedMigration(rows.Int(0), rows.Text(1), rows.Text(2)));
        }

        return applied;
    }
}
