using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Chat4All.Tests.LocalEngine;

/// <summary>The engine ends in order.</summary>
public sealed class EngineShutdownTests
{
    [Fact]
    public async Task Stopping_deactivates_every_grain_and_then_refuses_calls()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var grains = Enumerable.Range(0, 100).Select(_ => engine.New<ILifecycleGrain>()).ToArray();
        await Task.WhenAll(grains.Select(each => each.Grain.NoteAsync("used")));

        await engine.StopAsync();

        Assert.All(grains, each => Assert.Equal(
            ["activating", "activated", "used", "deactivating: ShuttingDown", "deactivated"], each.Probe.Notes));
        var error = await Assert.ThrowsAsync<SiloUnavailableException>(() => grains[0].Grain.NoteAsync("late"));
        Assert.Contains("has stopped", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => engine.New<ILifecycleGrain>().Grain.NoteAsync("late"));
    }

    [Fact]
    public async Task A_running_call_ends_before_the_engine_stops()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var (grain, probe, _) = engine.New<ILifecycleGrain>();
        var call = grain.HoldAsync("gate");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Contains("gate in"));

        var stopping = engine.StopAsync();
        Assert.False(stopping.IsCompleted);
        probe.Open("gate");
        await Task.WhenAll(call, stopping);

        Assert.Equal(
            ["activating", "activated", "gate in", "gate out", "deactivating: ShuttingDown", "deactivated"], probe.Notes);
    }

    [Fact]
    public async Task A_grain_that_is_being_activated_ends_that_before_it_is_disposed()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var (grain, probe, _) = engine.New<ISlowGrain>();
        var call = grain.WakeAsync();
        await Eventually.HoldsAsync("activation", () => probe.Notes.Count == 1);

        await engine.StopAsync();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        Assert.Equal(["activating", "activation ended", "disposed"], probe.Notes);
    }

    [Fact]
    public async Task A_grain_may_call_another_while_the_engine_stops()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var (other, probe, key) = engine.New<ITurnGrain>();
        await engine.New<IFarewellGrain>().Grain.RememberAsync(key);

        await engine.StopAsync();

        Assert.Equal(["farewell: ShuttingDown"], probe.Notes);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task A_call_that_never_ends_does_not_keep_the_engine_from_stopping_in_time()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var (grain, probe, _) = engine.New<ILifecycleGrain>();
        var call = grain.HoldAsync("never");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Contains("never in"));
        using var deadline = new CancellationTokenSource();

        var stopping = engine.StopAsync(deadline.Token);
        await deadline.CancelAsync();
        await stopping;

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact, Trait("Category", "Integration")]
    public async Task The_engine_stops_after_the_web_server()
    {
        var key = Guid.NewGuid().ToString("N");
        var probe = EngineProbe.Of(key);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddLocalGrains(static _ => { }, typeof(EngineShutdownTests).Assembly);
        await using var app = builder.Build();
        app.UseRouting();
        app.MapGet("/", async (IGrainFactory grains) =>
        {
            probe.Note("request");
            await probe.Gate("request");
            await grains.GetGrain<ILifecycleGrain>(key).NoteAsync("call");
            return "answer";
        });
        await app.StartAsync();
        using var client = new HttpClient();
        var request = client.GetStringAsync(new Uri(app.Urls.Single()));
        await Eventually.HoldsAsync("the request", () => probe.Notes.Count == 1);

        var stopping = app.StopAsync();
        probe.Open("request");

        Assert.Equal("answer", await request);
        await stopping;
        Assert.Equal(["request", "activating", "activated", "call", "deactivating: ShuttingDown", "deactivated"], probe.Notes);
    }
}
