using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;
using Chat4All.LoadTests.Statistics;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>How long after its 202 a message is on every member's socket.</summary>
internal sealed class CommitToSocketScenario : IScenario
{
    private const double PerSecond = 1_000;
    private const int Conversations = 20;
    private const int Receivers = 6;
    private const int MembersEach = 3;

    public string Name => "commit-to-socket";

    public string Description => $"WebSocket delivery at 1,000 messages/s to {MembersEach} members each (Poisson, one clock)";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var tokens = await Task.WhenAll(Enumerable.Range(1, Receivers).Select(i => context.Population.TokenOfAsync(Population.Demo(i), cancellationToken)));
        using var load = new SocketLatencyLoad(
            context.Address, 64, await conversations.MessagesAsync(clientIds: true, cancellationToken), PerSecond, conversations.MessagePrefix, MembersEach,
            loop => new SocketGroup(loop, context.Address, context.Options.Server, tokens, AwaitedEvent.Message));
        var fromAnswer = new List<LatencyHistogram>();
        var fromSend = new List<LatencyHistogram>();
        await context.TimedAsync("opening sockets", TimeSpan.FromSeconds(1), () => load.Sockets.Open(cancellationToken));
        var measured = await context.MeasureAsync(
            (window, cpu, token) =>
            {
                var run = load.Run(window, cpu, token);
                fromAnswer.Add(load.FromAnswer);
                fromSend.Add(load.FromSend);
                return run;
            },
            cancellationToken);

        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        string[] notes = [$"{load.Sockets.Messages} deliveries to sockets, {load.Missing} missing", .. load.Sockets.Closed.Select(closed => $"{closed.Value} sockets {closed.Key}")];
        var row = context.Row(Name, "", measured, stored, notes) with { Verified = stored.Agrees && load.Missing == 0 };
        return
        [
            WithLatencies(row, "to the socket after the 202's arrival", fromAnswer),
            WithLatencies(row, "to the socket from the scheduled sending, commit included", fromSend),
        ];

        // The first histogram is the warm-up's.
        Row WithLatencies(Row of, string what, List<LatencyHistogram> runs) => of with
        {
            Title = $"{Description}: {what}",
            Metrics = [of.Metrics[0], .. Measurement.Latencies(runs.Skip(1)), .. measured.Cpu()],
        };
    }
}
