using System.Runtime.InteropServices;
using Chat4All.Grains.Ports;
using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>
/// Puts the write-ahead log on the disk and only then answers what was committed to it, on a thread of its own: while one sync waits for the disk, the writer forms the next
/// transaction, and all that it has committed by then shares the next sync. What a commit promises is the same as with <c>synchronous = full</c>.
/// </summary>
internal sealed partial class SqliteLogSync : IDisposable
{
    private readonly ThreadQueue<Group> _committed = new(int.MaxValue);
    private readonly SafeFileHandle _log;
    private readonly Action<SafeFileHandle> _sync;
    private readonly Thread _thread;
    private volatile Exception? _failure;

    /// <param name="options">Name the database; its log must be there.</param>
    public SqliteLogSync(SqliteStoreOptions options)
    {
        _sync = options.SyncLog;
        _log = File.OpenHandle(options.Path + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _thread = new Thread(Loop) { IsBackground = true, Name = "chat4all-sqlite-sync" };
        _thread.Start();
    }

    /// <summary>Why nothing can be promised any more, for the rest of the process: after a failed sync the system may have dropped what it could not write, and later syncs would not tell.</summary>
    public Exception? Failure => _failure;

    /// <summary>Answers the work once it is durable. In the order of commits.</summary>
    /// <param name="wrote">False when the transaction changed nothing: then it only waits for those before it.</param>
    public void Add(IReadOnlyList<SqliteWork> work, bool wrote) => _committed.TryAdd(new Group(work, wrote));

    /// <summary>Answers what is left.</summary>
    public void Dispose()
    {
        _committed.Complete();
        _thread.Join();
        _log.Dispose();
    }

    private void Loop()
    {
        ShortSlices.Request();
        var groups = new List<Group>();
        while (_committed.Take(out var first))
        {
            groups.Add(first);
            var wrote = first.Wrote;
            while (_committed.TryTake(out var next))
            {
                groups.Add(next);
                wrote |= next.Wrote;
            }

            if (wrote && _failure is null)
            {
                Sync();
            }

            foreach (var group in groups)
            {
                Answer(group.Work);
            }

            groups.Clear();
        }
    }

    private void Answer(IReadOnlyList<SqliteWork> work)
    {
        foreach (var item in work)
        {
            if (_failure is null)
            {
                item.Complete();
            }
            else
            {
                item.Fail(new CommitOutcomeUnknownException("The store could not sync a commit.", _failure));
            }
        }
    }

    private void Sync()
    {
        try
        {
            _sync(_log);
        }
        catch (IOException failure)
        {
            _failure = failure;
        }
    }

    /// <summary>Waits until the file's content is on the disk; throws <see cref="IOException"/>.</summary>
    public static void ToDisk(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (DataSync((int)file.DangerousGetHandle()) != 0)
        {
            throw new IOException($"fdatasync of the write-ahead log failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    // Unlike fsync it leaves the file's times alone, which cost a journal commit of the file system.
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(int descriptor);

    private readonly record struct Group(IReadOnlyList<SqliteWork> Work, bool Wrote);
}
