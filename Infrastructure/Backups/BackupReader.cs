using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Chat4All.Infrastructure.Backups;

/// <summary>Reads what <see cref="BackupWriter"/> wrote, table by table. Throws <see cref="InvalidDataException"/> when the file is none, is cut off or is from a newer version.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly StreamReader _lines;
    private JsonElement _next;
    private long _rows;

    /// <param name="file">The backup.</param>
    /// <param name="schema">The newest migration that this program knows; a backup may be older.</param>
    public BackupReader(string file, int schema)
    {
        _lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress), Encoding.UTF8);
        try
        {
            var header = ReadLine();
            if (!header.TryGetProperty("format", out var format) || format.GetString() != BackupWriter.Format)
            {
                throw new InvalidDataException($"{file} is no backup.");
            }

            if (header.GetProperty("version").GetInt32() != 1 || header.GetProperty("schema").GetInt32() > schema)
            {
                throw new InvalidDataException($"{file} was made by a newer version of this program.");
            }

            _next = ReadLine();
        }
        catch
        {
            _lines.Dispose();
            throw;
        }
    }

    /// <summary>Moves to the next table; null behind the last, and then the file is known to be whole.</summary>
    public BackupTable? NextTable()
    {
        if (_next.TryGetProperty("rows", out var rows))
        {
            return rows.GetInt64() == _rows ? null : throw new InvalidDataException($"The backup says that it has {rows.GetInt64()} rows, but there are {_rows}.");
        }

        var name = _next.GetProperty("table").GetString()!;
        var known = BackupSchema.Find(name) ?? throw new InvalidDataException($"The backup has a table {name} that this program does not know.");
        var columns = _next.GetProperty("columns").EnumerateArray().Select(column => Find(known, column.GetString()!)).ToArray();
        _next = ReadLine();
        return new BackupTable(name, columns);
    }

    /// <summary>The next row of the current table: null, text, <see cref="long"/> or <see cref="bool"/> for each column; null behind the last row.</summary>
    public object?[]? NextRow()
    {
        if (_next.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var row = new object?[_next.GetArrayLength()];
        var i = 0;
        foreach (var value in _next.EnumerateArray())
        {
            row[i++] = value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetInt64(),
                _ => value.GetBoolean(),
            };
        }

        _rows++;
        _next = ReadLine();
        return row;
    }

    public void Dispose() => _lines.Dispose();

    private static BackupColumn Find(BackupTable table, string column)
    {
        foreach (var known in table.Columns)
        {
            if (known.Name == column)
            {
                return known;
            }
        }

        throw new InvalidDataException($"The backup has a column {table.Name}.{column} that this program does not know.");
    }

    private JsonElement ReadLine()
    {
        try
        {
            return JsonElement.Parse(_lines.ReadLine() ?? throw new InvalidDataException("The backup is cut off."));
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException("The backup holds a line that is no JSON.", failure);
        }
    }
}
