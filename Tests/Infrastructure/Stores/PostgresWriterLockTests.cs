using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Postgres;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Npgsql;
using Xunit;

namespace Chat4All.Tests.Infrastructure.Stores;

[Trait("Category", "Integration")]
public sealed class PostgresWriterLockTests(PostgresStoreFixture fixture) : IClassFixture<PostgresStoreFixture>
{
    [SkippableFact]
    public async Task While_another_has_the_lost_lock_nothing_is_written_and_then_it_goes_on()
    {
        fixture.Require();
        await using var held = await fixture.Administration.AcquireWriterLockAsync(CancellationToken.None);
        await fixture.Users.AddUsersAsync(1);
        await using var thief = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { Pooling = false }.ConnectionString);
        await thief.OpenAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_lock($1)", thief) { Parameters = { new() { Value = PostgresWriterLock.Key } } };

        var taking = take.ExecuteNonQueryAsync();
        await fixture.QueryAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chat4all writer lock' and datname = current_database()");
        await taking;
        await Eventually.HoldsAsync("writes are refused", async () => !await CanWriteAsync());
        Assert.Empty(await fixture.Users.ListAsync("zzz", 0, 1, CancellationToken.None));
        await thief.CloseAsync();

        await Eventually.HoldsAsync("writes go through again", CanWriteAsync);
    }

    private async Task<bool> CanWriteAsync()
    {
        try
        {
            await fixture.Users.AddUsersAsync(1);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
