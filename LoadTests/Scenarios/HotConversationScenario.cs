using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>Everybody writes into one conversation.</summary>
internal sealed class HotConversationScenario : IScenario
{
    private const int Connections = 64;

    public string Name => "hot-conversation";

    public string Description => $"POST /v1/messages into one conversation of 10 members, {Connections} connections, closed loop";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        string[] members = [.. Enumerable.Range(1, 10).Select(Population.Demo)];
        var prefix = $"hot-{context.RunId}";
        var conversations = await ConversationSet.CreateAsync(context, prefix, [new Conversation(prefix, members[0], members)], cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.MessagesAsync(context.Options.ClientIds, cancellationToken, conversation => conversation.Members);
        using var load = new ClosedLoop(context.Address, Connections, requests);
        var measured = await context.MeasureAsync(load.Run, cancellationToken);
        return [context.Row(Name, Description, measured, await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken))];
    }
}
