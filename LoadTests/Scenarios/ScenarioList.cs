using Chat4All.LoadTests.CommandLine;

namespace Chat4All.LoadTests.Scenarios;

/// <summary>All scenarios in the order in which they run, and the names of their groups.</summary>
internal static partial class ScenarioList
{
    /// <summary>Need no server of ours.</summary>
    private static readonly IScenario[] Baselines = [new KestrelBaselineScenario(), new PostgresBaselineScenario(), .. OfEngine()];

    /// <summary>Idle sockets come first: their memory is the growth of a fresh server's.</summary>
    private static readonly IScenario[] Server =
    [
        new IdleSocketsScenario(),
        new PostScenario(64),
        new PostScenario(256),
        new PostAtRateScenario("post-1667", 100_000 / 60.0),
        new HotConversationScenario(),
        new BatchScenario(),
        new CommitToSocketScenario(),
        new FanOutScenario(),
        new ConversationListScenario(),
        new PostAtRateScenario("publish-1000", 1_000),
        new OutboxDrainScenario(),
        new DeliveryScenario(),
        new DeliveryDrainScenario(),
        new UploadScenario(1),
        new UploadScenario(4),
        new StartUpScenario(),
    ];

    public static IReadOnlyList<IScenario> All { get; } = [.. Baselines, .. Server];

    /// <summary>The scenarios of the given names and groups (<c>all</c>, <c>baselines</c>, <c>server</c>), in running order; none means all.</summary>
    /// <exception cref="UsageException">There is no scenario or group of a name.</exception>
    public static IReadOnlyList<IScenario> Select(IReadOnlyList<string> names)
    {
        var wanted = names.Count == 0 ? All : names.SelectMany(Resolve).ToList();
        return [.. All.Where(wanted.Contains)];
    }

    private static IReadOnlyList<IScenario> Resolve(string name) => name switch
    {
        "all" => All,
        "baselines" => Baselines,
        "server" => Server,
        _ => [All.FirstOrDefault(scenario => scenario.Name == name) ?? throw new UsageException($"There is no scenario {name}; see loadtests list.")],
    };

    private static List<IScenario> OfEngine()
    {
        var scenarios = new List<IScenario>();
        AddEngine(scenarios);
        return scenarios;
    }

    /// <summary>Implemented in the Engine folder, which is compiled where the engine is ours to measure.</summary>
    static partial void AddEngine(List<IScenario> scenarios);
}
