using Chat4All.LoadTests.Load;
using Chat4All.LoadTests.Machine;
using Chat4All.LoadTests.Reporting;
using Chat4All.LoadTests.Sockets;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>
/// What an open, silent WebSocket costs the server: growth of its resident memory, and its processor time while nothing happens.
/// One run, on a server as fresh as possible: a heap that has grown already would hide the growth.
/// </summary>
internal sealed class IdleSocketsScenario : IScenario
{
    public string Name => "idle-sockets";

    public string Description => "Idle WebSockets: server memory each, server CPU while they idle";

    public async Task<IReadOnlyList<Row>> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var server = context.Options.ServerProcessId ?? throw new ScenarioSkippedException("needs --server-pid");
        if (!context.Population.CanGrow)
        {
            throw new ScenarioSkippedException("needs --admin-secret to make users");
        }

        var count = context.Options.Sockets;
        var idle = context.Options.Idle;
        var settle = idle / 3;
        var users = (count + context.Options.SocketsPerUser - 1) / context.Options.SocketsPerUser;
        var members = await context.Population.SignInBenchUsersAsync(users, context.Progress, cancellationToken);
        var tokens = new List<string>();
        for (var i = 0; i < count; i++)
        {
            tokens.Add(await context.Population.TokenOfAsync(members[i % users], cancellationToken));
        }

        using var loop = new EventLoop();
        var sockets = new SocketGroup(loop, context.Address, context.Options.Server, tokens, AwaitedEvent.Message);
        await context.TimedAsync("settling before", settle, () => Run(loop, new Dwell(settle), cancellationToken));
        var before = ProcessMemory.ResidentBytes(server);
        await context.TimedAsync($"opening {count:N0} sockets", TimeSpan.FromSeconds(count / 2_000.0), () => Run(loop, sockets, cancellationToken));
        await context.TimedAsync("settling after", settle, () => Run(loop, new Dwell(settle), cancellationToken));
        var cpu = new CpuMeter(server);
        cpu.Start();
        await context.TimedAsync("idling", idle, () => Run(loop, new Dwell(idle), cancellationToken));
        var shares = cpu.Stop();
        var after = ProcessMemory.ResidentBytes(server);

        return
        [
            new Row
            {
                Scenario = Name,
                Title = $"{count:N0} idle WebSockets of {users:N0} users",
                Label = context.Options.Label,
                Metrics =
                [
                    new Metric(MetricKeys.MemoryPerConnection, "KB", [(after - before) / 1024.0 / count]),
                    .. Measurement.Cpu([shares]),
                    new Metric(MetricKeys.Memory, "MB", [after / 1024.0 / 1024.0]),
                ],
                Answers = sockets.Closed.Append(new("open", sockets.Greeted)).ToDictionary(),
                Verified = sockets.Greeted == count,
                Notes = [FormattableString.Invariant($"RSS {before / 1048576.0:0.0} MB before, {after / 1048576.0:0.0} MB after (smaps_rollup), after {(settle + idle).TotalSeconds} s; one run")],
                Command = context.Options.CommandFor(Name),
            },
        ];
    }

    private static bool Run(EventLoop loop, ILoopWork work, CancellationToken cancellationToken)
    {
        loop.Run(work, cancellationToken);
        return true;
    }
}
