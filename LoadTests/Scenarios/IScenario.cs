using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>One thing to measure, which makes one or more rows of the report.</summary>
internal interface IScenario
{
    /// <summary>As given on the command line.</summary>
    string Name { get; }

    string Description { get; }

    /// <exception cref="ScenarioSkippedException">Something that it needs was not given.</exception>
    Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken);
}
