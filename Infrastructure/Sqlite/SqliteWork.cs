namespace Chat4All.Infrastructure.Sqlite;

/// <summary>A piece of work for the writer: runs within a transaction that it shares with others, and has its answer when that is committed and synced.</summary>
internal abstract class SqliteWork
{
    /// <summary>Runs behind a savepoint. False when it failed and has been told so.</summary>
    public abstract bool Execute(SqliteSession session);

    /// <summary>Gives the caller its result.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing was written, or that nobody knows.</summary>
    public abstract void Fail(Exception failure);
}

/// <inheritdoc />
internal sealed class SqliteWork<T>(Func<SqliteSession, T> work) : SqliteWork
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
