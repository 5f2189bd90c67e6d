using Chat4All.Tests.Compliance;

namespace Chat4All.Tests.LocalEngine;

/// <summary>The in-process engine keeps what the grains rely on.</summary>
public sealed class LocalEngineCompliance(LocalEngineFixture engine) : EngineCompliance(engine), IClassFixture<LocalEngineFixture>;

/// <summary>It keeps it also when calls that are not awaited come in another order.</summary>
public sealed class ShuffledLocalEngineCompliance(ShuffledLocalEngineFixture engine)
    : EngineCompliance(engine), IClassFixture<ShuffledLocalEngineFixture>;

/// <summary>The in-process engine with shuffled calls.</summary>
public sealed class ShuffledLocalEngineFixture() : LocalEngineFixture(static options => options.ShuffleCalls = 20261122);
