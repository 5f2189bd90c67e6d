using System.Text.Json;
using System.Text.Json.Serialization;

namespace Chat4All.LoadTests.Reporting;

/// <summary>Reports as files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Report))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static async Task WriteAsync(Report report, string file, CancellationToken cancellationToken)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, report, Default.Report, cancellationToken);
    }

    /// <exception cref="InvalidDataException">The file holds no report.</exception>
    public static async Task<Report> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        try
        {
            return await JsonSerializer.DeserializeAsync(stream, Default.Report, cancellationToken) ?? throw new InvalidDataException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} is not a report: {e.Message}", e);
        }
    }
}
