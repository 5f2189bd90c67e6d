using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Files;

/// <summary>What .NET has no call for. On other systems than Linux folders are not synced and copies go through memory.</summary>
internal static class NativeFiles
{
    // O_RDONLY | O_CLOEXEC, to which O_DIRECTORY adds nothing but an earlier error, and its value differs between processors.
    private const int ReadOnly = 0x80000;
    private const int Interrupted = 4;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Makes the folder's entries durable: a rename is lost in a power cut until its folder is synced.</summary>
    public static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure("open", folder);
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw Failure("fsync", folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>How much was copied, 0 at the source's end; -1 where the kernel cannot copy between these files.</summary>
    public static long CopyRange(SafeFileHandle source, long from, SafeFileHandle target, long at, long length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return -1;
        }

        while (true)
        {
            var copied = CopyFileRange(source, ref from, target, ref at, (nint)length, 0);
            if (copied >= 0)
            {
                return copied;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    continue;
                case NoSpace or QuotaExceeded:
                    throw Failure("copy_file_range", "a part");
                default:
                    return -1;
            }
        }
    }

    private static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint CopyFileRange(SafeFileHandle source, ref long from, SafeFileHandle target, ref long at, nint length, uint flags);
}
