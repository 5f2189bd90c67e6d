using System.Diagnostics.Metrics;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Files;

/// <summary>Instruments of merges and collections.</summary>
internal static class FileMetrics
{
    private static readonly Histogram<double> MergeDuration = Telemetry.Meter.CreateHistogram(
        "chat4all_file_merge_duration_seconds", unit: "s", description: "Time that a merge took.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] });

    private static readonly Counter<long> Files = Telemetry.Meter.CreateCounter<long>("chat4all_files_total", description: "Files merged, by how that ended.");

    private static readonly Counter<long> CollectedObjects = Telemetry.Meter.CreateCounter<long>(
        "chat4all_files_collected_objects_total", description: "Objects that the collector deleted.");

    private static readonly Counter<long> CollectedBytes = Telemetry.Meter.CreateCounter<long>(
        "chat4all_files_collected_bytes_total", description: "Bytes that the collector freed.");

    public static void Merged(FileRecord file, TimeSpan duration)
    {
        MergeDuration.Record(duration.TotalSeconds);
        Files.Add(1, new KeyValuePair<string, object?>("status", file.Status == FileStatus.Completed ? "completed" : "failed"));
    }

    public static void Collected(Reclaimed freed)
    {
        CollectedObjects.Add(freed.Objects);
        CollectedBytes.Add(freed.Bytes);
    }
}
