using System.Globalization;
using System.Reflection;

namespace Chat4All.Infrastructure.Migrations;

/// <summary>The migrations of one kind of store, embedded as <c>NNNN_name.sql</c>.</summary>
internal sealed class MigrationSet
{
    private readonly Migration[] _migrations;

    public MigrationSet(IEnumerable<Migration> migrations)
    {
        _migrations = [.. migrations.OrderBy(static migration => migration.Number)];
        for (var i = 0; i < _migrations.Length; i++)
        {
            if (_migrations[i].Number != i + 1)
            {
                throw new InvalidOperationException($"Migration {_migrations[i].Name} is not number {i + 1}.");
            }
        }
    }

    /// <summary>The newest schema that this program knows.</summary>
    public int Latest => _migrations.Length;

    /// <summary>Reads the <c>.sql</c> files of a folder, given as a resource prefix such as <c>Chat4All.Infrastructure.Sqlite.Migrations.</c></summary>
    public static MigrationSet FromResources(Assembly assembly, string prefix) =>
        new(assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => Read(assembly, name, prefix.Length)));

    /// <summary>
    /// What is still to be applied, in order. Throws <see cref="InvalidOperationException"/>, naming the migration, when the store has one that this program
    /// does not know, or knows with another content: running on would corrupt what a newer or different version wrote.
    /// </summary>
    public IReadOnlyList<Migration> Pending(IReadOnlyList<AppliedMigration> applied)
    {
        foreach (var known in applied)
        {
            if (known.Number > _migrations.Length)
            {
                throw new InvalidOperationException($"The store's schema is newer than this program: it has migration {known.Name}, the newest known here is {_migrations[^1].Name}.");
            }

            var own = _migrations[known.Number - 1];
            if (own.Checksum != known.Checksum)
            {
                throw new InvalidOperationException($"Migration {known.Name} was applied with another content than this program's {own.Name}; the checksums differ.");
            }
        }

        var done = applied.Select(static migration => migration.Number).ToHashSet();
        return [.. _migrations.Where(migration => !done.Contains(migration.Number))];
    }

    private static Migration Read(Assembly assembly, string resource, int prefixLength)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var name = resource[prefixLength..^".sql".Length];
        var number = int.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

        // A checkout with other line ends is the same migration.
        return new Migration(number, name, reader.ReadToEnd().ReplaceLineEndings("\n"));
    }
}
