using System.Diagnostics.Metrics;
using Chat4All.Grains;

namespace Chat4All.Silo.Workers;

/// <summary>Instruments of all workers.</summary>
internal static class WorkerMetrics
{
    /// <summary>Attempts at records or batches that failed and are repeated.</summary>
    public static readonly Counter<long> Retries = Telemetry.Meter.CreateCounter<long>(
        "chat4all_worker_retries_total", description: "Attempts of workers that failed and are repeated.");
}
