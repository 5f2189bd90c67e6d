namespace Chat4All.Infrastructure.Backups;

/// <summary>What a column holds; decides how each kind of store reads and writes it. In a backup integers are numbers, flags are booleans and all else is text.</summary>
internal enum ColumnKind
{
    Text,
    Integer,
    SmallInteger,
    BigInteger,
    Flag,

    /// <summary>RFC 3339 in UTC with microseconds.</summary>
    Time,
    Uuid,
    Json,
}

/// <summary>A column of a table in a backup.</summary>
internal readonly record struct BackupColumn(string Name, ColumnKind Kind);

/// <summary>A table in a backup.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<BackupColumn> Columns)
{
    /// <summary>The column names, separated by commas.</summary>
    public string ColumnList { get; } = string.Join(", ", Columns.Select(static column => column.Name));

    /// <summary>How rows must lie in a backup, as an <c>order by</c>; empty where it does not matter.</summary>
    public string Order { get; init; } = "";
}
