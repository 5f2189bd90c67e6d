using System.Globalization;
using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>GET /v1/conversations of a member of 1,000 conversations, each with a message.</summary>
internal sealed class ConversationListScenario : IScenario
{
    private const int Conversations = 1_000;
    private const int BatchSize = 500;

    // Nobody else's scenario uses these demo users, so that their lists are as long as said.
    private static readonly string[] Members = [Population.Demo(8), Population.Demo(9), Population.Demo(10)];

    public string Name => "conversation-list";

    public string Description => $"GET /v1/conversations of a member of {Conversations:N0} conversations";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        await PrepareAsync(context, cancellationToken);
        var rows = new List<Row>();
        foreach (var (connections, limit) in new[] { (1, 50), (1, 100), (16, 50) })
        {
            var token = await context.Population.TokenOfAsync(Members[0], cancellationToken);
            var path = string.Create(CultureInfo.InvariantCulture, $"/v1/conversations?limit={limit}");
            using var load = new ClosedLoop(context.Address, connections, new RequestMix([RequestTemplate.Get(context.Options.Server, path, token)]));
            var measured = await context.MeasureAsync(load.Run, cancellationToken);
            var title = $"{Description}, {connections} connection{(connections > 1 ? "s" : "")}, pages of {limit}";
            rows.Add(context.Row(Name, title, measured, null));
        }

        return rows;
    }

    private static async Task PrepareAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var token = await context.Population.TokenOfAsync(Members[0], cancellationToken);
        var there = await context.Api.ListLastSeqAsync(token, cancellationToken);
        string[] ids = [.. Enumerable.Range(0, Conversations).Select(i => "list-" + i.ToString("D4", CultureInfo.InvariantCulture)).Where(id => !there.ContainsKey(id))];
        _ = await ConversationSet.CreateAsync(context, "list", [.. ids.Select(id => new Conversation(id, Members[0], Members))], cancellationToken);
        foreach (var batch in ids.Chunk(BatchSize))
        {
            await context.Api.SendToEachAsync(token, Members[0], batch, cancellationToken);
        }
    }
}
