namespace Chat4All.Silo.Workers.Incoming;

/// <summary>What became of a platform's file: it is here, will never be, or not yet.</summary>
/// <param name="Wait">How long to wait before asking again; null when it is decided.</param>
internal readonly record struct IncomingFile(bool IsHere, TimeSpan? Wait = null)
{
    public static IncomingFile Here => new(true);

    public static IncomingFile Never => new(false);

    public static IncomingFile After(TimeSpan wait) => new(false, wait);
}
