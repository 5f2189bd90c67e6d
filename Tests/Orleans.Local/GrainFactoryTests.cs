using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.LocalEngine;

/// <summary>How grains are found and constructed.</summary>
public sealed class GrainFactoryTests : IAsyncLifetime
{
    private LocalEngineHost _engine = null!;

    public async Task InitializeAsync() => _engine = await LocalEngineHost.StartAsync(
        addServices: static services => services.AddScoped<ScopedThing>());

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public async Task A_number_is_a_key(long key)
        => Assert.Equal(key, await _engine.Grains.GetGrain<INumberedGrain>(key).KeyAsync());

    [Fact]
    public async Task A_guid_is_a_key()
    {
        var key = Guid.NewGuid();
        Assert.Equal(key, await _engine.Grains.GetGrain<IGuidGrain>(key).KeyAsync());
        Assert.Equal(key, await ((IGuidGrain)_engine.Grains.GetGrain(typeof(IGuidGrain), key)).KeyAsync());
    }

    [Fact]
    public async Task A_key_may_have_an_extension()
        => Assert.Equal("-7 and a+b", await _engine.Grains.GetGrain<ICompoundGrain>(-7, "a+b").KeysAsync());

    [Fact]
    public async Task A_grain_id_written_and_read_finds_the_same_grain()
    {
        var (grain, probe, _) = _engine.New<ITurnGrain>();
        var id = GrainId.Parse(grain.GetGrainId().ToString());

        await _engine.Grains.GetGrain<ITurnGrain>(id).NoteAsync("found");

        Assert.Equal(["found"], probe.Notes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_blank_key_is_refused(string key)
        => Assert.Throws<ArgumentException>(() => _engine.Grains.GetGrain<ITurnGrain>(key));

    [Fact]
    public void An_interface_without_a_class_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => _engine.Grains.GetGrain<INobodyGrain>("key"));
        Assert.Contains(nameof(INobodyGrain), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_with_two_classes_needs_the_start_of_a_class_name()
    {
        var error = Assert.Throws<ArgumentException>(() => _engine.Grains.GetGrain<IAnimalGrain>("key"));
        Assert.Contains(typeof(CatGrain).FullName!, error.Message, StringComparison.Ordinal);

        var cat = _engine.Grains.GetGrain<IAnimalGrain>("key", typeof(CatGrain).FullName);
        var dog = _engine.Grains.GetGrain<IAnimalGrain>("key", typeof(DogGrain).FullName);
        Assert.Equal(["meow", "woof"], [await cat.SoundAsync(), await dog.SoundAsync()]);
        Assert.Equal(["cat/key", "hound/key"], [cat.GetGrainId().ToString(), dog.GetGrainId().ToString()]);
    }

    [Fact]
    public async Task An_activation_has_services_of_its_own_which_end_after_it()
    {
        var (one, probe, _) = _engine.New<IPlainGrain>();
        var (other, _, _) = _engine.New<IPlainGrain>();
        var scope = await one.ScopeAsync();

        Assert.Equal(scope, await one.ScopeAsync());
        Assert.NotEqual(scope, await other.ScopeAsync());

        await one.LeaveAsync();
        await Eventually.HoldsAsync("disposal", () => probe.Notes.Count > 0);
        Assert.Equal(["grain disposed, its scope not yet"], probe.Notes);
        Assert.NotEqual(scope, await one.ScopeAsync());
    }

    [Fact]
    public async Task A_grain_that_ends_whenever_it_is_activated_fails_its_calls_after_a_few_tries()
    {
        var (grain, probe, _) = _engine.New<IFleetingGrain>();

        await Assert.ThrowsAsync<OrleansMessageRejectionException>(grain.NeverAsync);

        Assert.Equal(3, probe.Notes.Count);
    }

    [Fact]
    public async Task A_first_call_from_many_threads_makes_one_activation()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = Guid.NewGuid().ToString("N");
            using var start = new Barrier(4);
            var activations = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return _engine.Grains.GetGrain<ILifecycleGrain>(key).ActivationAsync();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            Assert.Single(activations.Distinct());
        }
    }
}
