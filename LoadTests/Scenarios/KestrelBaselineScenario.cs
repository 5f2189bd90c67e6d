using Chat4All.LoadTests.Baseline;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>K: the same requests, from the same client, to a server that parses and answers and does nothing else.</summary>
internal sealed class KestrelBaselineScenario : IScenario
{
    public string Name => "baseline-k";

    public string Description => "K: the same POST to an endpoint that only parses and answers";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        await using var server = await BaselineServerProcess.StartAsync(cancellationToken);
        // As long as a real token, because the head is parsed too.
        var token = new string('x', 480);
        var requests = Enumerable.Range(0, 100)
            .Select(i => RequestTemplate.Post(server.Uri, "/v1/messages", token, MessageJson.For($"post-64-19aa0b1c2d3-{i:D4}", "user1", context.Options.Channel)))
            .ToList();
        var rows = new List<Row>();
        foreach (var connections in new[] { 64, 256 })
        {
            using var load = new ClosedLoop(server.Address, connections, new RequestMix(requests));
            var measured = await context.WithServer(server.Id).MeasureAsync(load.Run, cancellationToken);
            rows.Add(context.Row(Name, $"{Description}, {connections} connections", measured, null) with { Label = "" });
        }

        return rows;
    }
}
