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
        await using var baseline = await PostgresBaseline.CreateAsync(connectionString, cancellationToken);
        var measured = await context.MeasureAsync(baseline.Run, cancellationToken);
        return [context.Row(Name, Description, measured, null) with { Label = "" }];
    }
}
