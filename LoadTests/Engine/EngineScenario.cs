using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Scenarios;

namespace Chat4All.LoadTests.Engine;

/// <summary>Grain calls a second and the memory of an idle activation, in this process.</summary>
internal sealed class EngineScenario : IScenario
{
    private const int Callers = 64;
    private const int Activations = 100_000;

    public string Name => "engine";

    public string Description => $"Calls/s over 100 grains from {Callers} callers on the Local engine; memory of an idle activation";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var runs = new List<EngineBenchmarkResult>();
        for (var i = 0; i < context.Options.Runs; i++)
        {
            context.Progress.Report("calling grains", (double)i / context.Options.Runs);
            runs.Add(await EngineBenchmark.RunAsync(Callers, context.Options.WarmUp, context.Options.Duration, Activations, cancellationToken));
        }

        return
        [
            new Row
            {
                Scenario = Name,
                Title = Description,
                Metrics =
                [
                    new Metric(MetricKeys.Rate, "/s", [.. runs.Select(run => run.CallsPerSecond)]),
                    new Metric(MetricKeys.MemoryPerActivation, "B", [.. runs.Select(run => run.BytesPerIdleActivation)]),
                ],
                Notes = [FormattableString.Invariant($"{runs.Average(run => run.BytesPerCall):0} bytes allocated a call")],
                Command = context.Options.CommandFor(Name),
            },
        ];
    }
}
