using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using Xunit.Abstractions;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>
/// Generated operations, right and wrong ones, against the store and against <see cref="StoreModel"/>: every answer and in the end every row must agree.
/// A failure prints its seed; put it into <c>CHAT4ALL_TEST_SEED</c> to run that very history again.
/// </summary>
public abstract class StorePropertyCompliance(StoreFixture fixture, ITestOutputHelper output)
{
    private const int Histories = 12;
    private const int Steps = 60;

    [SkippableFact]
    public async Task Whatever_happens_the_store_agrees_with_the_model()
    {
        fixture.Require();
        if (int.TryParse(Environment.GetEnvironmentVariable("CHAT4ALL_TEST_SEED"), out var seed))
        {
            await RunAsync(seed);
            return;
        }

        for (var history = 0; history < Histories; history++)
        {
            await RunAsync(Random.Shared.Next());
        }
    }

    private async Task RunAsync(int seed)
    {
        output.WriteLine($"seed {seed}");
        var unpublishedBefore = await fixture.Outbox.CountUnpublishedAsync(CancellationToken.None);
        var history = new StoreHistory(fixture, new Random(seed));
        await history.StartAsync();
        for (var step = 0; step < Steps; step++)
        {
            await history.StepAsync();
        }

        await history.CompareAsync();
        Assert.Equal(history.Model.CountUnpublished(), await fixture.Outbox.CountUnpublishedAsync(CancellationToken.None) - unpublishedBefore);
    }
}
