using System.Collections.Concurrent;
using Chat4All.Grains.Ports;
using Microsoft.Data.Sqlite;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// The one writer: a thread with its own connection. Whatever has come while the last commit was synced runs in one transaction, each piece of work
/// behind its own savepoint, so that a piece that fails takes nothing with it and all of them share one sync.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxGroup = 64;

    private readonly BlockingCollection<Work> _queue;
    private readonly Func<SqliteSession> _open;
    private readonly Thread _thread;

    public SqliteWriter(SqliteStoreOptions options)
    {
        _queue = new BlockingCollection<Work>(options.WriteQueue);
        _open = () => SqliteSession.OpenWriter(options);
        _thread = new Thread(Loop) { IsBackground = true, Name = "chat4all-sqlite-writer" };
        _thread.Start();
    }

    /// <summary>Runs work in a transaction; completes when it is committed and synced. Throws what the work throws; then nothing of it is written.</summary>
    public Task<T> RunAsync<T>(Func<SqliteSession, T> work)
    {
        var item = new Work<T>(work);
        return !_queue.IsAddingCompleted && _queue.TryAdd(item)
            ? item.Task
            : throw new StoreUnavailableException("Too many writes wait for the store.");
    }

    /// <summary>Lets the waiting work finish, then closes the connection.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Loop()
    {
        SqliteSession? session = null;
        var group = new List<Work>(MaxGroup);
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            try
            {
                session ??= _open();
                session.Prepare("begin immediate").Execute();
            }
            catch (Exception failure)
            {
                first.Fail(SqliteFailures.Translate(failure));
                continue;
            }

            Write(session, first, group);
            group.Clear();
        }

        session?.Dispose();
    }

    private void Write(SqliteSession session, Work first, List<Work> group)
    {
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

            // The log may hold the commit although its sync failed; a process that starts on it would find it.
            group.ForEach(work => work.Fail(new CommitOutcomeUnknownException("The store could not sync a commit.", failure)));
            return;
        }

        group.ForEach(static work => work.Complete());
    }

    private abstract class Work
    {
        /// <summary>Runs behind a savepoint. False when it failed and has been told so.</summary>
        public abstract bool Execute(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<SqliteSession, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _completion.Task;

        public override bool Execute(SqliteSession session)
        {
            try
            {
                session.Prepare("savepoint work").Execute();
                _result = work(session);
                session.Prepare("release work").Execute();
                return true;
            }
            catch (Exception failure)
            {
                if (session.InTransaction)
                {
                    session.Prepare("rollback to work").Execute();
                    session.Prepare("release work").Execute();
                }

                Fail(SqliteFailures.Translate(failure));
                return false;
            }
        }

        public override void Complete() => _completion.SetResult(_result!);

        public override void Fail(Exception failure) => _completion.SetException(failure);
    }
}
