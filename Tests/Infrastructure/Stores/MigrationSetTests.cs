using Chat4All.Infrastructure.Migrations;
using Chat4All.Infrastructure.Postgres;
using Chat4All.Infrastructure.Sqlite;
using Xunit;

namespace Chat4All.Tests.Infrastructure.Stores;

public sealed class MigrationSetTests
{
    private static readonly Migration First = new(1, "0001_one", "create table one (id text)");
    private static readonly Migration Second = new(2, "0002_two", "create table two (id text)");

    [Fact]
    public void Pending_are_those_that_the_store_does_not_have_in_order()
    {
        var set = new MigrationSet([Second, First]);

        Assert.Equal([First, Second], set.Pending([]));
        Assert.Equal([Second], set.Pending([Applied(First)]));
        Assert.Empty(set.Pending([Applied(First), Applied(Second)]));
    }

    [Fact]
    public void A_gap_in_the_numbers_is_a_defect()
    {
        Assert.Throws<InvalidOperationException>(() => new MigrationSet([First, new Migration(3, "0003_three", "")]));
    }

    [Fact]
    public void Both_stores_are_at_the_same_number_so_that_copies_fit()
    {
        Assert.Equal(SqliteSchema.Migrations.Latest, PostgresSchema.Migrations.Latest);
    }

    private static AppliedMigration Applied(Migration migration) => new(migration.Number, migration.Name, migration.Checksum);
}
