using System.Diagnostics.Metrics;
using Chat4All.Grains;

namespace Chat4All.Silo.Workers;

/// <summary>Instruments of all workers.</summary>
internal static class WorkerMetrics
{
    /// <summary>Attempts at records or batches that failed and are repeated.</summary>
    public static readonly Counter<long> Retries = Telemetry.Meter.CreateCounter<long>(
        "chat4all_worker_retries_total", description: "Attempts of workers that failed and are repeated.");

    /// <summary>Records that workers for single records have read and are not done with.</summary>
    public static readonly UpDownCounter<long> InFlight = Telemetry.Meter.CreateUpDownCounter<long>(
        "chat4all_worker_records_in_flight", description: "Records that workers have read and are not done with.");
}
