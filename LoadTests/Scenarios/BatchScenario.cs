using Chat4All.LoadTests.Http;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>POST /v1/messages/batch; a message counts when its own result says accepted.</summary>
internal sealed class BatchScenario : IScenario
{
    private const int Conversations = 100;
    private const int Connections = 4;
    private const int Size = 200;

    public string Name => "batch-200";

    public string Description => $"POST /v1/messages/batch of {Size}, {Conversations} conversations, {Connections} connections, closed loop; messages/s, latency of a batch";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.BatchesAsync(Size, cancellationToken);
        using var load = new ClosedLoop(context.Address, Connections, requests, Size, CountAccepted);
        var measured = await context.MeasureAsync(load.Run, cancellationToken);
        return [context.Row(Name, Description, measured, await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken))];
    }

    public static long CountAccepted(in HttpResponse response, ReadOnlySpan<byte> received) =>
        response.Body(received).Count("\"status\":\"accepted\""u8);
}
