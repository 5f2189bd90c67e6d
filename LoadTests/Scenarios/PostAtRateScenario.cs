using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>POST /v1/messages at 100,000 a minute, whatever the server does; latency from the scheduled moment.</summary>
internal sealed class PostAtRateScenario : IScenario
{
    private const double PerSecond = 100_000 / 60.0;
    private const int Conversations = 100;
    private const int Connections = 64;

    public string Name => "post-1667";

    public string Description => $"POST /v1/messages, {Conversations} conversations, 1,667/s open loop (Poisson), from the scheduled moment";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.MessagesAsync(context.Options.ClientIds, cancellationToken);
        using var load = new OpenLoop(context.Address, Connections, requests, PerSecond);
        var measured = await context.MeasureAsync(load.Run, cancellationToken);
        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        return [context.Row(Name, Description, measured, stored, $"{load.Queued} messages of the last run waited for one of {Connections} connections")];
    }
}
