using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>A group of 100 with many sockets each: how many frames a second leave the server.</summary>
internal sealed class FanOutScenario : IScenario
{
    private const int Members = 100;

    public string Name => "fan-out";

    public string Description => $"Deliveries/s into the sockets of one group of {Members} members";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        if (!context.Population.CanGrow)
        {
            throw new ScenarioSkippedException("needs --admin-secret to make 100 users");
        }

        var members = await context.Population.SignInBenchUsersAsync(Members, context.Progress, cancellationToken);
        var prefix = $"{Name}-{context.RunId}";
        var conversations = await ConversationSet.CreateAsync(context, prefix, [new Conversation(prefix, members[0], members)], cancellationToken);
        var ledger = await conversations.OpenLedgerAsync(cancellationToken);
        var tokens = new List<string>();
        for (var i = 0; i < Members * context.Options.SocketsPerUser; i++)
        {
            tokens.Add(await context.Population.TokenOfAsync(members[i % Members], cancellationToken));
        }

        var requests = await conversations.MessagesAsync(context.Options.ClientIds, cancellationToken);
        using var load = new FanOutLoad(context.Address, requests, loop => new SocketGroup(loop, context.Address, context.Options.Server, tokens, AwaitedEvent.Message));
        await context.TimedAsync("opening sockets", TimeSpan.FromSeconds(5), () => load.Sockets.Open(cancellationToken));
        var measured = await context.MeasureAsync(load.Run, cancellationToken);
        var stored = await ledger.CloseAsync(measured.Accepted, measured.Unknown, cancellationToken);
        var owed = load.Sockets.Connections.Count(socket => socket.Messages != stored.Stored);
        string[] notes =
        [
            $"{tokens.Count} sockets, {load.Sockets.Messages} deliveries, {load.Sockets.OtherEvents} other events; {owed} sockets without exactly {stored.Stored} messages",
            "latency is that of the POST",
            .. load.Sockets.Closed.Select(closed => $"{closed.Value} sockets {closed.Key}"),
        ];
        var title = $"{Description}, {tokens.Count:N0} sockets";
        return [context.Row(Name, title, measured, stored, notes) with { Verified = stored.Agrees && owed == 0 }];
    }
}
