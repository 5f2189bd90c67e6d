using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>A backlog of messages to a simulated platform, accepted in batches at full speed: how many a second are told to be delivered from then on.</summary>
internal sealed class DeliveryDrainScenario : IScenario
{
    private const int Conversations = 100;
    private const int Connections = 4;
    private const int Size = 200;
    private const long MessagesPerSecond = 10_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public string Name => "delivery-drain";

    public string Description => $"Drain of messages accepted in batches of {Size}, 10,000 for each second of a run (100,000), one delivery each (simulated platform), until the last is told to be delivered";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateForDeliveryAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var tokens = await conversations.OwnersAsync(cancellationToken);
        var requests = await conversations.DeliveryBatchesAsync(Size, DeliveryScenario.Channel, cancellationToken);
        var cpu = new CpuMeter(context.Options.ServerProcessId);
        var runs = new List<LoadRun>();
        var backlogs = new List<long>();
        var missing = 0L;
        for (var i = 0; i <= context.Options.Runs; i++)
        {
            // The first is the warm-up.
            using var load = new DeliveryDrainLoad(
                context.Address, Connections, requests, Size, MessagesPerSecond * (long)(i == 0 ? 1 : context.Options.Duration.TotalSeconds), BatchScenario.CountAccepted,
                loop => new SocketGroup(loop, context.Address, context.Options.Server, tokens, AwaitedEvent.Delivered));
            await context.TimedAsync("opening sockets", TimeSpan.FromSeconds(1), () => load.Sockets.Open(cancellationToken));
            var run = await context.TimedAsync(
                i == 0 ? "warm-up" : $"run {i} of {context.Options.Runs}", TimeSpan.FromSeconds(20), () => load.Run(Limit, cpu, cancellationToken));
            (run.Completed, run.Window) = (load.Backlog, load.DrainTime);
            runs.Add(run);
            backlogs.Add(load.Backlog);
            missing += load.Missing;
        }

        var measured = new Measurement(runs[0], runs[1..]);
        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        var row = context.Row(
            Name, Description, measured, stored, $"backlog when the last batch was answered: {string.Join(", ", backlogs.Skip(1))}; {missing} deliveries missing", "latency is that of a batch");
        return [row with { Verified = stored.Agrees && missing == 0 }];
    }
}
