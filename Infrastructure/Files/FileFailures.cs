using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Files;

/// <summary>What a failure of the file system means to whoever stores objects.</summary>
internal static class FileFailures
{
    // errno of Linux, which .NET hands on as HResult: no space left, quota exceeded, file too large.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int TooLarge = 27;

    // Windows' own: ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private const int DiskFull = unchecked((int)0x80070070);
    private const int HandleDiskFull = unchecked((int)0x80070027);

    // What .NET throws when it cannot reserve the room that was asked for carries no error of the system's, unlike everything else.
    private const int NoRoomReserved = unchecked((int)0x80131620);

    /// <summary>Null for what is no failure of the file system.</summary>
    public static Exception? Translate(Exception failure) => failure switch
    {
        EndOfStreamException => null,
        IOException { HResult: NoSpace or QuotaExceeded or TooLarge or DiskFull or HandleDiskFull or NoRoomReserved } => new ObjectStoreFullException("The disk is full.", failure),
        IOException or UnauthorizedAccessException => Unavailable(failure),
        _ => null,
    };

    /// <summary>The same for reading, where a file that is not there is an object that is not there, unless the whole store is gone.</summary>
    public static Exception? TranslateRead(Exception failure, ObjectFolders folders) =>
        failure is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(folders.Drafts)
            ? new ObjectNotFoundException("There is no such object.", failure)
            : Translate(failure);

    private static ObjectStoreUnavailableException Unavailable(Exception failure) => new("The object store's folder cannot be used now.", failure);
}
