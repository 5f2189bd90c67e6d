using System.Globalization;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>POST /v1/messages at a rate, whatever the server does; latency from the scheduled moment. Says too how long the events took into an event log that is not the store.</summary>
internal sealed class PostAtRateScenario(string name, double perSecond) : IScenario
{
    private const int Conversations = 100;
    private const int Connections = 64;

    public string Name => name;

    public string Description => string.Create(CultureInfo.InvariantCulture, $"POST /v1/messages, {Conversations} conversations, {perSecond:#,0}/s open loop (Poisson), from the scheduled moment");

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.MessagesAsync(context.Options.ClientIds, cancellationToken);
        using var load = new OpenLoop(context.Address, Connections, requests, perSecond);
        var delays = new PublishDelays(context.Api);
        var measured = await context.MeasureAsync(load.Run, cancellationToken, delays.StartAsync);
        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        return
        [
            context.Row(
                Name, Description, measured, stored, $"{load.Queued} messages of the last run waited for one of {Connections} connections", await delays.DescribeAsync(cancellationToken)),
        ];
    }
}
