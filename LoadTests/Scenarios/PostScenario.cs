using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>POST /v1/messages over 100 conversations, as fast as the server answers.</summary>
internal sealed class PostScenario(int connections) : IScenario
{
    private const int Conversations = 100;

    public string Name => FormattableString.Invariant($"post-{connections}");

    public string Description => $"POST /v1/messages, {Conversations} conversations, {connections} connections, closed loop";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.MessagesAsync(context.Options.ClientIds, cancellationToken);
        using var load = new ClosedLoop(context.Address, connections, requests);
        var measured = await context.MeasureAsync(load.Run, cancellationToken);
        return [context.Row(Name, Description, measured, await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken))];
    }
}
