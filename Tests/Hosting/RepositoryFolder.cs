namespace Chat4All.Tests.Hosting;

/// <summary>The source tree that the tests were built from: scripts and documents that are tested where they lie.</summary>
internal static class RepositoryFolder
{
    private static readonly Lazy<string> Root = new(Find);

    /// <summary>The full path of a file or folder by its path from the root of the source tree.</summary>
    public static string PathOf(params string[] segments) => Path.Combine([Root.Value, .. segments]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Chat4All.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Chat4All.sln.");
    }
}
