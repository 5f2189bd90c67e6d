using System.Collections.Concurrent;

namespace Chat4All.Infrastructure.Files;

/// <summary>The store's folders: one a key's prefix, and one for what is not finished.</summary>
internal sealed class ObjectFolders
{
    private readonly string _root;
    private readonly ConcurrentDictionary<string, bool> _made = new(StringComparer.Ordinal);

    public ObjectFolders(string root)
    {
        _root = Path.GetFullPath(root);
        Drafts = Path.Combine(_root, "drafts");
        Directory.CreateDirectory(Drafts);
    }

    /// <summary>Holds files that are being written; on the same file system, so that they can be renamed into place.</summary>
    public string Drafts { get; }

    /// <summary>Keys are this system's own; one that looks like a way out is a defect.</summary>
    public string PathOf(string key) =>
        key.Length is > 0 and < 200 && key.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '/') && key[0] != '/'
            ? Path.Combine(_root, key)
            : throw new ArgumentException("Not a key of an object.", nameof(key));

    public string KeyOf(string path) => Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Every folder that may hold keys of the prefix.</summary>
    public IEnumerable<string> Under(string prefix)
    {
        var top = Path.Combine(_root, prefix[..(prefix.IndexOf('/', StringComparison.Ordinal) + 1)]);
        return Directory.Exists(top) ? Directory.EnumerateDirectories(top, "*", SearchOption.AllDirectories).Prepend(top) : [];
    }

    /// <summary>Notes that a folder which was made is not there any more: it is made again when it is next needed.</summary>
    public void Forget(string folder) => _made.TryRemove(folder, out _);

    /// <summary>Makes the folder of a path, durably.</summary>
    public void Require(string folder)
    {
        if (_made.ContainsKey(folder))
        {
            return;
        }

        if (!Directory.Exists(folder))
        {
            var parent = Path.GetDirectoryName(folder)!;
            Require(parent);
            Directory.CreateDirectory(folder);
            NativeFiles.SyncFolder(parent);
        }

        _made[folder] = true;
    }
}
