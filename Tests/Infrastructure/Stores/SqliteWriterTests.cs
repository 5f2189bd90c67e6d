using Chat4All.Grains.Ports;
using Chat4All.Infrastructure.Sqlite;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>What an answered write promises, whatever the disk does.</summary>
public sealed class SqliteWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => Path.Combine(_folder.Path, "chat4all.db");

    [Fact]
    public async Task A_write_is_answered_only_after_its_sync_and_the_next_transaction_does_not_wait_for_it()
    {
        using var mayFinish = new ManualResetEventSlim();
        var syncs = 0;
        using var database = new SqliteDatabase(new SqliteStoreOptions
        {
            Path = Database,
            SyncLog = _ =>
            {
                Interlocked.Increment(ref syncs);
                mayFinish.Wait();
            },
        });

        var first = Insert(database, "create table things (id integer primary key)");
        await Eventually.HoldsAsync("the first sync has begun", () => Volatile.Read(ref syncs) == 1);
        var second = Insert(database, "insert into things values (1)");
        await Eventually.HoldsAsync("the second transaction is committed", async () => await CountAsync(database) == 1);

        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        mayFinish.Set();
        await first;
        await second;
        Assert.Equal(2, syncs);
    }

    [Fact]
    public async Task A_failed_sync_leaves_the_outcome_unknown_and_ends_all_writing()
    {
        var fails = false;
        using var database = new SqliteDatabase(new SqliteStoreOptions
        {
            Path = Database,
            SyncLog = _ =>
            {
                if (Volatile.Read(ref fails))
                {
                    throw new IOException("the disk is gone");
                }
            },
        });
        await Insert(database, "create table things (id integer primary key)");

        Volatile.Write(ref fails, true);
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => Insert(database, "insert into things values (1)"));

        Volatile.Write(ref fails, false);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Insert(database, "insert into things values (2)"));
    }

    [Fact]
    public async Task The_log_starts_over_although_writing_never_pauses()
    {
        const int pages = 200;
        using (var database = new SqliteDatabase(new SqliteStoreOptions { Path = Database, CheckpointPages = pages }))
        {
            await Insert(database, "create table things (id integer primary key, filling blob)");
            for (var i = 0; i < 1_000; i++)
            {
                await Insert(database, "insert into things (filling) values (randomblob(20000))");
            }

            // All in all 5,000 pages and more were written, 4,120 bytes each with its header.
            var length = new FileInfo(Database + "-wal").Length;
            Assert.InRange(length, 1, 10L * pages * 4_120);
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_for_a_checkpoint_stops_nothing()
    {
        // No file has so long a name; its folder is made before that shows.
        var folder = Path.Combine(_folder.Path, "made");
        using var checkpointer = new SqliteCheckpointer(new SqliteStoreOptions { Path = Path.Combine(folder, new string('x', 300)), CheckpointPages = 100 });

        for (var i = 0; i < 3; i++)
        {
            checkpointer.Wrote(100);
            await Eventually.HoldsAsync("it is tried", () => Directory.Exists(folder));
            Directory.Delete(folder);
        }
    }

    /// <param name="failing">Which of three pieces of work in one transaction fails after it has written.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Work_that_fails_takes_only_its_own_back(int failing)
    {
        using var mayGoOn = new ManualResetEventSlim();
        using var database = new SqliteDatabase(new SqliteStoreOptions { Path = Database });
        await Insert(database, "create table things (id integer primary key)");
        var held = database.WriteAsync(
            _ =>
            {
                mayGoOn.Wait();
                return 0;
            },
            CancellationToken.None);

        var writes = Enumerable.Range(0, 3).Select(i => database.WriteAsync(
            session =>
            {
                session.Prepare($"insert into things values ({i})").Execute();
                return i == failing ? throw new FormatException("unfit") : i;
            },
            CancellationToken.None)).ToList();
        mayGoOn.Set();
        await held;

        await Assert.ThrowsAsync<FormatException>(() => writes[failing]);
        Assert.Equal(2, (await Task.WhenAll(writes.Where((_, i) => i != failing))).Length);
        Assert.Equal(2, await CountAsync(database));
    }

    [Fact]
    public async Task The_first_work_of_a_transaction_that_fails_leaves_a_transaction_for_the_next()
    {
        using var database = new SqliteDatabase(new SqliteStoreOptions { Path = Database });
        await Insert(database, "create table things (id integer primary key)");

        var failed = database.WriteAsync<int>(
            session =>
            {
                session.Prepare("insert into things values (1)").Execute();
                throw new FormatException("unfit");
            },
            CancellationToken.None);
        var written = Insert(database, "insert into things values (2)");

        await Assert.ThrowsAsync<FormatException>(() => failed);
        await written;
        Assert.Equal(1, await CountAsync(database));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<int> Insert(SqliteDatabase database, string sql) => database.WriteAsync(session => session.Prepare(sql).Execute(), CancellationToken.None);

    private static Task<long> CountAsync(SqliteDatabase database) => database.ReadAsync(
        session =>
        {
            using var row = session.Prepare("select count(*) from things");
            return row.Read() ? row.Long(0) : -1;
        },
        CancellationToken.None);
}
