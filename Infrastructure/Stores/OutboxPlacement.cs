using System.Text;

namespace Chat4All.Infrastructure.Stores;

/// <summary>Whether outbox rows are records of an event log in the same database, and in which of its partitions.</summary>
/// <param name="Partitions">1 to 1,000 where they are; 0 where another log takes them over.</param>
internal sealed record OutboxPlacement(int Partitions)
{
    /// <summary>Rows wait unpublished until another log has them.</summary>
    public static OutboxPlacement Elsewhere { get; } = new(0);

    public bool InLog => Partitions > 0;

    /// <summary>The partition of a row's conversation; null where another log takes the row over.</summary>
    public short? PartitionOf(string conversationId) => InLog ? Of(conversationId) : null;

    /// <summary>The partition of a key: the same in every process and version.</summary>
    public short Of(string key)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(key, utf8, out var length)
            ? (short)(Hash(utf8[..length]) % (uint)Partitions)
            : (short)(Hash(Encoding.UTF8.GetBytes(key)) % (uint)Partitions);
    }

    /// <summary>FNV-1a, 32 bits.</summary>
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 16777619u;
        }

        return hash;
    }
}
