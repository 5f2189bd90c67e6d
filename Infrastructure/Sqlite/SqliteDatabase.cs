using System.Collections.Concurrent;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>The file: one writer, and readers in parallel that never wait for it.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SemaphoreSlim _readers;
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private readonly Lazy<SqliteWriter> _writer;
    private volatile bool _disposed;

    public SqliteDatabase(SqliteStoreOptions options)
    {
        Options = options.Validate();
        _readers = new SemaphoreSlim(options.Readers);
        _writer = new Lazy<SqliteWriter>(() => new SqliteWriter(options));
    }

    public SqliteStoreOptions Options { get; }

    /// <summary>Runs work in a transaction on the writer's thread; see <see cref="SqliteWriter.RunAsync{T}"/>.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.Value.RunAsync(work);
    }

    /// <summary>Runs queries on a reader's connection, on the caller's thread: they are short, and SQLite has no asynchronous I/O.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _readers.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            session = _idle.TryTake(out var idle) ? idle : SqliteSession.OpenReader(Options);
            return work(session);
        }
        catch (Exception failure) when (SqliteFailures.Translate(failure) is StoreUnavailableException unavailable)
        {
            throw unavailable;
        }
        finally
        {
            if (session is not null)
            {
                _idle.Add(session);
            }

            _readers.Release();
        }
    }

    /// <summary>Runs several queries on one snapshot.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken) =>
        ReadAsync(
            session =>
            {
                session.Prepare("begin").Execute();
                try
                {
                    return work(session);
                }
                finally
                {
                    session.Prepare("commit").Execute();
                }
            },
            cancellationToken);

    public void Dispose()
    {
        _disposed = true;
        if (_writer.IsValueCreated)
        {
            _writer.Value.Dispose();
        }

        foreach (var session in _idle)
        {
            session.Dispose();
        }

        _readers.Dispose();
    }
}
