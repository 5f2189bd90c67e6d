using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Sqlite;

/// <summary>Rolls a batch back and carries the reasons out of the transaction.</summary>
internal sealed class AppendRefusedException(AppendConflicts conflicts) : Exception("The batch conflicts with what is stored.")
{
    public AppendConflicts Conflicts { get; } = conflicts;
}
