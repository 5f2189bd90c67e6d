using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;
using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>
/// How long after its 202 a message to a simulated platform is told to be delivered on the sender's socket: through the log, the router, the connector, the receipt and the status. The
/// server's simulator should answer and confirm at once.
/// </summary>
internal sealed class DeliveryScenario : IScenario
{
    public const string Channel = "whatsapp";

    private const double PerSecond = 1_000;
    private const int Conversations = 100;

    public string Name => "delivery-1000";

    public string Description => "Accepted to delivered (simulated platform) at 1,000 messages/s of one delivery each (Poisson, one clock)";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateForDeliveryAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var tokens = await conversations.OwnersAsync(cancellationToken);
        var requests = await conversations.DeliveriesAsync(Channel, cancellationToken);
        using var load = new SocketLatencyLoad(
            context.Address, 64, requests, PerSecond, conversations.MessagePrefix, 1,
            loop => new SocketGroup(loop, context.Address, context.Options.Server, tokens, AwaitedEvent.Delivered));
        var fromAnswer = new List<LatencyHistogram>();
        await context.TimedAsync("opening sockets", TimeSpan.FromSeconds(1), () => load.Sockets.Open(cancellationToken));
        var delays = new PublishDelays(context.Api);
        var measured = await context.MeasureAsync(
            (window, cpu, token) =>
            {
                var run = load.Run(window, cpu, token);
                fromAnswer.Add(load.FromAnswer);
                return run;
            },
            cancellationToken,
            delays.StartAsync);

        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        var row = context.Row(
            Name, Description, measured, stored, $"{load.Sockets.Messages} delivered, {load.Missing} missing", await delays.DescribeAsync(cancellationToken));
        return
        [
            row with
            {
                Verified = stored.Agrees && load.Missing == 0,
                Metrics = [row.Metrics[0], .. Measurement.Latencies(fromAnswer.Skip(1)), .. measured.Cpu()],
            },
        ];
    }
}
