using Chat4All.Grains.Ports;
using Microsoft.Data.Sqlite;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// The one writer: a thread with its own connection. Whatever waits runs in one transaction, each piece of work so that one that fails takes nothing else
/// with it. Commits are synced, and only then answered, by <see cref="SqliteLogSync"/>, while the next transaction forms.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxGroup = 64;

    private readonly ThreadQueue<SqliteWork> _queue;
    private readonly SqliteStoreOptions _options;
    private readonly Thread _thread;

    public SqliteWriter(SqliteStoreOptions options)
    {
        _queue = new ThreadQueue<SqliteWork>(options.WriteQueue);
        _options = options;
        _thread = new Thread(Loop) { IsBackground = true, Name = "chat4all-sqlite-writer" };
        _thread.Start();
    }

    /// <summary>Runs work in a transaction; completes when it is committed and synced. Throws what the work throws; then nothing of it is written.</summary>
    public Task<T> RunAsync<T>(Func<SqliteSession, T> work)
    {
        var item = new SqliteWork<T>(work);
        return _queue.TryAdd(item)
            ? item.Task
            : throw new StoreUnavailableException("Too many writes wait for the store.");
    }

    /// <summary>Lets the waiting work finish, then closes the connection.</summary>
    public void Dispose()
    {
        _queue.Complete();
        _thread.Join();
    }

    private void Loop()
    {
        ShortSlices.Request();
        SqliteSession? session = null;
        SqliteLogSync? sync = null;
        using var checkpointer = new SqliteCheckpointer(_options);
        while (_queue.Take(out var first))
        {
            try
            {
                session ??= SqliteSession.OpenWriter(_options);
                sync ??= new SqliteLogSync(_options);
                if (sync.Failure is { } lost)
                {
                    throw new StoreUnavailableException("The store could not sync an earlier commit; it needs a new start.", lost);
                }

                checkpointer.Finish(session);
                session.Begin();
            }
            catch (Exception failure)
            {
                first.Fail(SqliteFailures.Translate(failure));
                continue;
            }

            Write(session, first, sync, checkpointer);
        }

        sync?.Dispose();
        session?.Dispose();
    }

    private void Write(SqliteSession session, SqliteWork first, SqliteLogSync sync, SqliteCheckpointer checkpointer)
    {
        var group = new List<SqliteWork>();
        for (var next = first; next is not null; next = group.Count < MaxGroup && _queue.TryTake(out var waiting) ? waiting : null)
        {
            if (next.Execute(session))
            {
                group.Add(next);
            }

            if (!session.InTransaction)
            {
                // A full disk or an I/O error has rolled everything back.
                group.ForEach(static work => work.Fail(new StoreUnavailableException("The store rolled the transaction back.")));
                return;
            }
        }

        try
        {
            session.Prepare("commit").Execute();
        }
        catch (SqliteException failure)
        {
            if (session.InTransaction)
            {
                session.Prepare("rollback").Execute();
            }

            // The log may hold the commit although writing it failed; a process that starts on it would find it.
            group.ForEach(work => work.Fail(new CommitOutcomeUnknownException("The store could not write a commit.", failure)));
            return;
        }

        var pages = session.TakeWrittenPages();
        checkpointer.Wrote(pages);
        sync.Add(group, wrote: pages > 0);
    }
}
