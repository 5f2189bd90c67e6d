using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

namespace Chat4All.LoadTests.Engine;

/// <summary>Measures the in-process engine alone: no network, no store.</summary>
public static class EngineBenchmark
{
    private const int Grains = 100;

    /// <summary>Calls counter grains from closed-loop callers, then fills memory with idle activations.</summary>
    /// <param name="callers">Callers, each awaiting its call before the next.</param>
    /// <param name="warmUp">Time before counting.</param>
    /// <param name="duration">Time of counting.</param>
    /// <param name="idleActivations">Activations to weigh.</param>
    /// <param name="cancellation">Ends early.</param>
    public static async Task<EngineBenchmarkResult> RunAsync(
        int callers = 64,
        TimeSpan? warmUp = null,
        TimeSpan? duration = null,
        int idleActivations = 100_000,
        CancellationToken cancellation = default)
    {
        var services = new ServiceCollection();
        services.AddLocalGrains(static _ => { }, typeof(EngineBenchmark).Assembly);
        await using var provider = services.BuildServiceProvider();
        var host = provider.GetServices<IHostedService>().Single();
        await host.StartAsync(cancellation);
        var factory = provider.GetRequiredService<IGrainFactory>();

        var (calls, bytesPerCall) = await MeasureCallsAsync(
            factory, callers, warmUp ?? TimeSpan.FromSeconds(2), duration ?? TimeSpan.FromSeconds(5), cancellation);
        var bytes = await WeighActivationsAsync(factory, idleActivations);
        await host.StopAsync(cancellation);
        return new EngineBenchmarkResult { CallsPerSecond = calls, BytesPerCall = bytesPerCall, BytesPerIdleActivation = bytes };
    }

    private static async Task<(double Rate, double Bytes)> MeasureCallsAsync(
        IGrainFactory factory, int callers, TimeSpan warmUp, TimeSpan duration, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var counts = new long[callers * 16];
        var tasks = Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                var grains = Enumerable.Range(0, Grains)
                    .Select(grain => factory.GetGrain<IBenchmarkCounterGrain>($"counter-{grain}")).ToArray();
                for (var i = caller; !end.IsCancellationRequested; i++)
                {
                    await grains[i % Grains].AddAsync(1);

                    // Sixteen apart: one cache line would be shared by two callers.
                    counts[caller * 16]++;
                }
            },
            CancellationToken.None)).ToArray();

        await Task.Delay(warmUp, cancellation);
        var (calls, allocated, started) = (counts.Sum(), GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
        await Task.Delay(duration, cancellation);
        var made = counts.Sum() - calls;
        var rate = made / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes() - allocated) / (double)made;
        await end.CancelAsync();
        await Task.WhenAll(tasks);
        return (rate, bytes);
    }

    private static async Task<double> WeighActivationsAsync(IGrainFactory factory, int activations)
    {
        if (activations == 0)
        {
            return 0;
        }

        var keys = Enumerable.Range(0, activations).Select(i => $"idle-{i}").ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var key in keys)
        {
            await factory.GetGrain<IBenchmarkIdleGrain>(key).TouchAsync();
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(keys);
        return (after - before) / (double)activations;
    }
}
