using Microsoft.Data.Sqlite;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>A piece of work for the writer: runs within a transaction that it shares with others, and has its answer when that is committed and synced.</summary>
internal abstract class SqliteWork
{
    /// <summary>Runs, and takes back what it wrote when it fails. False when it failed and has been told so.</summary>
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
            session.BeginWork();
            _result = work(session);
            session.EndWork();
            return true;
        }
        catch (Exception failure)
        {
            Undo(session);
            Fail(SqliteFailures.Translate(failure));
            return false;
        }
    }

    private static void Undo(SqliteSession session)
    {
        if (!session.InTransaction)
        {
            return;
        }

        try
        {
            session.UndoWork();
            session.EndWork();
        }
        catch (SqliteException) when (!session.InTransaction)
        {
            // The writer sees that there is no transaction any more, and fails what was in it.
        }
    }

    public override void Complete() => _completion.SetResult(_result!);

    public override void Fail(Exception failure) => _completion.SetException(failure);
}
