using Chat4All.LoadTests.Engine;

namespace Chat4All.LoadTests.Scenarios;

internal static partial class ScenarioList
{
    static partial void AddEngine(List<IScenario> scenarios) => scenarios.Add(new EngineScenario());
}
