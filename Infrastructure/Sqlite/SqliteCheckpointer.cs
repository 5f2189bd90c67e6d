using Microsoft.Data.Sqlite;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// Copies the write-ahead log into the database, on a thread and connection of its own, so that no commit waits for it. The log can only start over when all of it is copied, and a busy
/// writer goes on meanwhile: so the bulk is copied here, what came during that once more, and the writer copies the little that is left between two transactions.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _restEnds;
    private long _frames;

    public SqliteCheckpointer(SqliteStoreOptions options)
    {
        _options = options;
        _thread = new Thread(Loop) { IsBackground = true, Name = "chat4all-sqlite-checkpoint" };
        _thread.Start();
    }

    /// <summary>Counts what a commit wrote to the log; the writer's.</summary>
    public void Wrote(int frames)
    {
        _frames += frames;
        if (_frames >= _options.CheckpointPages)
        {
            _frames = 0;
            _wake.Set();
        }
    }

    /// <summary>Copies the rest, when the bulk has been; the writer's, between two transactions.</summary>
    public void Finish(SqliteSession writer)
    {
        if (_restEnds)
        {
            _restEnds = false;
            Copy(writer);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Loop()
    {
        SqliteSession? session = null;
        while (_wake.WaitOne() && !_stopping)
        {
            try
            {
                session ??= SqliteSession.OpenWriter(_options);
            }
            catch (Exception failure) when (SqliteFailures.Translate(failure) != failure)
            {
                // The writer says what is wrong with the file, and wakes this again.
                continue;
            }

            Copy(session);
            Copy(session);
            _restEnds = true;
        }

        session?.Dispose();
    }

    // Passive: waits for nobody, and leaves for later what a reader still needs.
    private static void Copy(SqliteSession session)
    {
        try
        {
            session.Run("pragma wal_checkpoint(passive)");
        }
        catch (SqliteException failure) when (SqliteFailures.Translate(failure) != failure)
        {
            // The log keeps everything until a later attempt.
        }
    }
}
