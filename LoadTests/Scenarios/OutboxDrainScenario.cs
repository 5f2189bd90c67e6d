using System.Diagnostics;
using System.Globalization;
using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>Messages that are accepted while all brokers of the event log are away: how fast their events go in once the brokers are back, the wait for the next attempt included.</summary>
internal sealed class OutboxDrainScenario : IScenario
{
    private const int Conversations = 100;
    private const int Connections = 4;
    private const int Size = 200;
    private const long Messages = 100_000;
    private const int Brokers = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    /// <summary>Long enough that the server gives its first attempts up.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public string Name => "outbox-drain";

    public string Description => $"Drain of {Messages:N0} outbox rows into the event log, accepted in batches of {Size} while no broker answered for {Away.TotalSeconds:0} s, from the moment the brokers are back";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        if (context.Options.Brokers is not { } brokers)
        {
            throw new ScenarioSkippedException("outbox-drain stops and starts the event log's brokers: --brokers is missing.");
        }

        var conversations = await ConversationSet.CreateAsync(context, Name, Conversations, cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var requests = await conversations.BatchesAsync(Size, cancellationToken);
        var cpu = new CpuMeter(context.Options.ServerProcessId);
        using var load = new BacklogLoad(context.Address, Connections, requests, Size, Messages, BatchScenario.CountAccepted);
        var runs = new List<LoadRun>();
        var firsts = new List<string>();
        for (var i = 0; i <= context.Options.Runs; i++)
        {
            // The first is the warm-up.
            var published = new PublishDelays(context.Api);
            await published.StartAsync(cancellationToken);
            await CommandAsync(brokers, "down", cancellationToken);
            var away = Task.Delay(Away, cancellationToken);
            var run = await context.TimedAsync(i == 0 ? "warm-up" : $"run {i} of {context.Options.Runs}", Away, () => load.Run(Limit, cpu, cancellationToken));
            await away;
            var early = await published.CountAsync(cancellationToken);
            await CommandAsync(brokers, "up", cancellationToken);
            var (first, last) = await DrainAsync(published, early, run.AcceptedInAll, cancellationToken);
            (run.Completed, run.Window) = (run.AcceptedInAll - early, last);
            runs.Add(run);
            firsts.Add(string.Create(CultureInfo.InvariantCulture, $"{first.TotalSeconds:0.0}"));
        }

        var measured = new Measurement(runs[0], runs[1..]);
        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        return [context.Row(Name, Description, measured, stored, $"seconds until the first went in: {string.Join(", ", firsts.Skip(1))}", "latency is that of a batch, while no broker answered")];
    }

    /// <summary>From now until the first and until the last event went in.</summary>
    private static async Task<(TimeSpan First, TimeSpan Last)> DrainAsync(PublishDelays published, long early, long accepted, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        TimeSpan? first = null;
        for (var count = early; count < accepted; count = await published.CountAsync(cancellationToken))
        {
            if (count > early)
            {
                first ??= Stopwatch.GetElapsedTime(started);
            }

            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"Only {count} of {accepted} events went into the log within {Limit.TotalMinutes:0} min.");
            }

            await Task.Delay(Pause, cancellationToken);
        }

        var last = Stopwatch.GetElapsedTime(started);
        return (first ?? last, last);
    }

    private static Task CommandAsync(string brokers, string command, CancellationToken cancellationToken) =>
        File.AppendAllLinesAsync(brokers, Enumerable.Range(1, Brokers).Select(broker => $"{command}-{broker} {command} {broker}"), cancellationToken);
}
