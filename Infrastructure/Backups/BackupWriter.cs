using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Chat4All.Infrastructure.Backups;

/// <summary>
/// Writes a backup: gzip'd lines of JSON. A header, then for each table a line that names it and its columns and one array a row, then a line with the number of rows,
/// without which a backup counts as cut off. Written beside its place and moved there when complete.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    public const string Format = "chat4all-backup";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly string _file;
    private readonly string _partial;
    private readonly FileStream _output;
    private readonly GZipStream _compressed;
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;
    private long _rows;

    /// <param name="file">Must not be there yet.</param>
    /// <param name="store">The kind of store; for people, not for the reader.</param>
    /// <param name="schema">Number of the newest migration.</param>
    public BackupWriter(string file, string store, int schema, DateTimeOffset now)
    {
        if (File.Exists(file))
        {
            throw new IOException($"{file} is there already; a backup never replaces a file.");
        }

        _file = file;
        _partial = $"{file}.{Guid.NewGuid():N}.partial";

        // It holds everybody's messages and the secrets' hashes.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _output = new FileStream(_partial, options);
        _compressed = new GZipStream(_output, CompressionLevel.Fastest, leaveOpen: true);
        _json = new Utf8JsonWriter(_line, Options);
        _json.WriteStartObject();
        _json.WriteString("format", Format);
        _json.WriteNumber("version", 1);
        _json.WriteString("store", store);
        _json.WriteNumber("schema", schema);
        _json.WriteString("created_at", now);
        _json.WriteEndObject();
        EndLine();
    }

    public void BeginTable(BackupTable table)
    {
        _json.WriteStartObject();
        _json.WriteString("table", table.Name);
        _json.WriteStartArray("columns");
        foreach (var column in table.Columns)
        {
            _json.WriteStringValue(column.Name);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        EndLine();
    }

    /// <param name="values">Null, text, <see cref="long"/> or <see cref="bool"/>, in the order of the columns.</param>
    public void WriteRow(ReadOnlySpan<object?> values)
    {
        _json.WriteStartArray();
        foreach (var value in values)
        {
            switch (value)
            {
                case null:
                    _json.WriteNullValue();
                    break;
                case string text:
                    _json.WriteStringValue(text);
                    break;
                case bool flag:
                    _json.WriteBooleanValue(flag);
                    break;
                default:
                    _json.WriteNumberValue((long)value);
                    break;
            }
        }

        _json.WriteEndArray();
        EndLine();
        _rows++;
    }

    /// <summary>Ends the backup, puts it on the disk and gives it its name.</summary>
    public void Complete()
    {
        _json.WriteStartObject();
        _json.WriteNumber("rows", _rows);
        _json.WriteEndObject();
        EndLine();
        _compressed.Dispose();
        _output.Flush(flushToDisk: true);
        _output.Dispose();
        File.Move(_partial, _file, overwrite: false);
    }

    public void Dispose()
    {
        _json.Dispose();
        _compressed.Dispose();
        _output.Dispose();
        File.Delete(_partial);
    }

    private void EndLine()
    {
        _json.Flush();
        _line.Write("\n"u8);
        _compressed.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
        _json.Reset(_line);
    }
}
