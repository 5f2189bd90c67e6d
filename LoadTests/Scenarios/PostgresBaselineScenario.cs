using Chat4All.LoadTests.Baseline;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>P: what PostgreSQL alone leaves of the machine.</summary>
internal sealed class PostgresBaselineScenario : IScenario
{
    public string Name => "baseline-p";

    public string Description =>
        $"P: the same rows straight into PostgreSQL, transactions of {PostgresBaseline.MessagesPerTransaction} from {PostgresBaseline.Connections} connections; messages/s, latency of a transaction";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var connectionString = context.Options.Postgres ?? throw new ScenarioSkippedException("needs --postgres");
        return
        [
            await MeasureAsync(withOutbox: false, $"{Description}, without outbox rows: what the outbox costs PostgreSQL is the difference"),
            await MeasureAsync(withOutbox: true, Description),
        ];

        async Task<Row> MeasureAsync(bool withOutbox, string title)
        {
            await using var baseline = await PostgresBaseline.CreateAsync(connectionString, withOutbox, cancellationToken);
            var measured = await context.MeasureAsync(baseline.Run, cancellationToken);
            return context.Row(Name, title, measured, null) with { Label = "" };
        }
    }
}
