using Chat4All.Tests.Compliance;

namespace Chat4All.Tests.Cluster;

/// <summary>Orleans keeps what the grains rely on; if it does not, the suite is wrong.</summary>
[Trait("Category", "Integration")]
[Trait("Engine", "Both")]
public sealed class OrleansEngineCompliance(OrleansEngineFixture engine) : EngineCompliance(engine), IClassFixture<OrleansEngineFixture>;
