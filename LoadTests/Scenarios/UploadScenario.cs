using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Chat4All.LoadTests.Files;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>100 MB in 20 chunks, beside the same bytes written straight into the store: upload, merge, download, and the server's memory.</summary>
internal sealed class UploadScenario(int parallel) : IScenario
{
    private const int ChunkSize = 5 * 1024 * 1024;
    private const int Chunks = 20;
    private const double Megabyte = 1_000_000;

    public string Name => parallel == 1 ? "upload" : string.Create(CultureInfo.InvariantCulture, $"upload-{parallel}");

    public string Description => $"Upload of 100 MiB in {Chunks} chunks, {(parallel == 1 ? "one after the other" : $"{parallel} at once")}; beside it the same bytes straight into the store";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var raw = context.Options.OpenRawStore() ?? throw new ScenarioSkippedException("needs --raw-folder or --raw-s3: the store that the server's files lie in");
        var token = await context.Population.TokenOfAsync(Population.Demo(1), cancellationToken);
        using var client = new UploadClient(context.Options.Server, token);
        var runs = new List<Run>();
        try
        {
            // The first run warms up.
            for (var i = 0; i <= context.Options.Runs; i++)
            {
                context.Progress.Report(i == 0 ? "warm-up" : $"run {i} of {context.Options.Runs}", (double)i / (context.Options.Runs + 1));
                var run = await RunOnceAsync(client, raw, cancellationToken);
                if (i > 0)
                {
                    runs.Add(run);
                }
            }
        }
        finally
        {
            await raw.ClearAsync(CancellationToken.None);
            (raw as IDisposable)?.Dispose();
        }

        var peak = context.Options.ServerProcessId is { } id ? new[] { new Metric(MetricKeys.PeakMemory, "MB", [ProcessMemory.PeakBytes(id) / 1024.0 / 1024.0]) } : [];
        return
        [
            new Row
            {
                Scenario = Name,
                Title = Description,
                Label = context.Options.Label,
                Metrics =
                [
                    Of(MetricKeys.Throughput, "MB/s", run => run.Upload),
                    Of(MetricKeys.OfRaw, "%", run => 100 * run.Upload / run.RawWrite),
                    Of(MetricKeys.Merge, "ms", run => run.Merge.TotalMilliseconds),
                    Of(MetricKeys.Download, "MB/s", run => run.Download),
                    .. peak,
                ],
                Notes =
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the store itself: {Median(run => run.RawWrite):N0} MB/s written ({raw.Description}), {Median(run => run.RawRead):N0} MB/s read"),
                ],
                Command = context.Options.CommandFor(Name),
            },
        ];

        Metric Of(string key, string unit, Func<Run, double> value) => new(key, unit, [.. runs.Select(value)]);

        double Median(Func<Run, double> value) => Statistics.Median.Of(runs.Select(value));
    }

    private async Task<Run> RunOnceAsync(UploadClient client, IRawStore raw, CancellationToken cancellationToken)
    {
        // Bytes that no earlier file has: the server stores the same content once.
        var bytes = RandomNumberGenerator.GetBytes(Chunks * ChunkSize);
        var rawWrite = await RateAsync(bytes.Length, () => EachAsync(number => raw.WriteAsync(ChunkOf(bytes, number), cancellationToken)));
        var uploadId = await client.InitiateAsync("conv-test", bytes.Length, ChunkSize, cancellationToken);
        var upload = await RateAsync(bytes.Length, () => EachAsync(number => client.SendAsync(uploadId, number, ChunkOf(bytes, number), cancellationToken)));
        var merge = await client.MergeAsync(uploadId, cancellationToken);
        var download = await RateAsync(bytes.Length, () => client.DownloadAsync(uploadId, cancellationToken));
        await raw.WriteAsync(bytes, cancellationToken);
        var rawRead = await RateAsync(bytes.Length, () => raw.ReadAsync(cancellationToken));
        await raw.ClearAsync(cancellationToken);
        return new Run(rawWrite, upload, merge, download, rawRead);
    }

    private Task EachAsync(Func<int, Task> send) =>
        Parallel.ForAsync(1, Chunks + 1, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (number, _) => await send(number));

    private static ReadOnlyMemory<byte> ChunkOf(byte[] bytes, int number) => bytes.AsMemory((number - 1) * ChunkSize, ChunkSize);

    private static async Task<double> RateAsync(long bytes, Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return bytes / Megabyte / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private sealed record Run(double RawWrite, double Upload, TimeSpan Merge, double Download, double RawRead);
}
