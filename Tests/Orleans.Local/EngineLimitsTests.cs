using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Chat4All.Tests.LocalEngine;

/// <summary>Timeouts, full queues, idleness and reminders, on a clock that the test sets forward.</summary>
public sealed class EngineLimitsTests
{
    private readonly SteppedTime _time = new();

    [Fact]
    public async Task A_call_without_an_answer_times_out_and_says_behind_what_it_waited()
    {
        await using var engine = await StartAsync();
        var (grain, probe, key) = engine.New<ITurnGrain>();
        var running = grain.HoldAsync("gate");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Count == 1);
        var waiting = grain.NoteAsync("late");

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));

        var error = await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.Contains("00:00:30 for call: ITurnGrain.NoteAsync to turn/" + key + " from outside", error.Message, StringComparison.Ordinal);
        Assert.Contains("behind ITurnGrain.HoldAsync", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => running);

        // The one that ran goes on to its end; the one that waited is not made any more.
        probe.Open("gate");
        await grain.NoteAsync("next");
        Assert.Equal(["gate in", "gate out", "next"], probe.Notes);
    }

    [Fact]
    public async Task A_call_cancelled_while_it_waits_is_never_made()
    {
        await using var engine = await StartAsync();
        var (grain, probe, _) = engine.New<ITurnGrain>();
        var first = grain.HoldAsync("first");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Count == 1);
        using var cancellation = new CancellationTokenSource();
        var second = grain.WaitForCancellationAsync(cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.True(second.IsCanceled);
        probe.Open("first");
        await first;
        await grain.NoteAsync("third");

        Assert.Equal(["first in", "first out", "third"], probe.Notes);
    }

    [Fact]
    public async Task A_running_call_may_be_cancelled_by_its_timeout()
    {
        await using var engine = await StartAsync(static options => options.CancelRequestOnTimeout = true);
        var (grain, probe, _) = engine.New<ITurnGrain>();
        using var never = new CancellationTokenSource();
        var call = grain.WaitForCancellationAsync(never.Token);
        await Eventually.HoldsAsync("the call", () => probe.Notes.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(32));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
        await Eventually.HoldsAsync("cancellation", () => probe.Notes.Contains("cancelled in turn"));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once()
    {
        await using var engine = await StartAsync(static options => options.MaxEnqueuedRequests = 10);
        var (grain, probe, _) = engine.New<ITurnGrain>();
        var running = grain.HoldAsync("gate");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Count == 1);

        var waiting = Enumerable.Range(0, 15).Select(_ => grain.NoteAsync("note")).ToArray();

        await Eventually.HoldsAsync("refusals", () => waiting.Count(call => call.IsFaulted) == 5);
        await Assert.ThrowsAsync<LimitExceededException>(() => waiting[14]);
        probe.Open("gate");
        await running;
        await Eventually.HoldsAsync("the others", () => waiting.Count(call => call.IsCompletedSuccessfully) == 10);
    }

    [Fact]
    public async Task Calls_that_timed_out_do_not_pile_up_in_a_grain_that_hangs()
    {
        await using var engine = await StartAsync(static options => options.MaxEnqueuedRequests = 1_000);
        var (grain, probe, _) = engine.New<ITurnGrain>();
        var running = grain.HoldAsync("gate");
        await Eventually.HoldsAsync("the call", () => probe.Notes.Count == 1);
        for (var round = 0; round < 10; round++)
        {
            var waiting = Enumerable.Range(0, 200).Select(_ => grain.NoteAsync("late")).ToArray();
            _time.Advance(TimeSpan.FromSeconds(32));
            foreach (var call in waiting)
            {
                await Assert.ThrowsAsync<TimeoutException>(() => call);
            }
        }

        probe.Open("gate");
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        await grain.NoteAsync("next");
        Assert.Equal(["gate in", "gate out", "next"], probe.Notes);
    }

    [Fact]
    public async Task An_idle_activation_is_collected_at_its_age_and_not_before()
    {
        await using var engine = await StartAsync(static options => options.CollectionAge = TimeSpan.FromMinutes(15));
        var (grain, probe, _) = engine.New<ILifecycleGrain>();
        await grain.NoteAsync("used");

        _time.Advance(TimeSpan.FromMinutes(14));
        await grain.NoteAsync("used again");
        _time.Advance(TimeSpan.FromMinutes(14));
        await grain.NoteAsync("and again");
        Assert.DoesNotContain("deactivated", probe.Notes);

        _time.Advance(TimeSpan.FromMinutes(16));
        await Eventually.HoldsAsync("collection", () => probe.Notes.Contains("deactivated"));
        Assert.Contains("deactivating: ActivationIdle", probe.Notes);
    }

    [Fact]
    public async Task Ticks_that_keep_a_grain_alive_count_as_use()
    {
        await using var engine = await StartAsync(static options => options.CollectionAge = TimeSpan.FromMinutes(15));
        var (grain, probe, _) = engine.New<IWakefulGrain>();
        await grain.StartAsync(TimeSpan.FromMinutes(10));

        for (var ticks = 1; ticks <= 5; ticks++)
        {
            _time.Advance(TimeSpan.FromMinutes(10));
            await Eventually.HoldsAsync("the tick", () => probe.Notes.Count == ticks);

            // Once the tick has ended.
            await Eventually.HoldsAsync("the next tick is set", () => _time.HasTimerDueIn(TimeSpan.FromMinutes(10)));
        }

        Assert.DoesNotContain("gone", probe.Notes);
    }

    [Fact]
    public async Task A_grain_that_does_not_activate_in_time_fails_its_calls()
    {
        await using var engine = await StartAsync(static options => options.ActivationTimeout = TimeSpan.FromSeconds(5));
        var (grain, probe, _) = engine.New<ISlowGrain>();
        var call = grain.WakeAsync();
        await Eventually.HoldsAsync("activation", () => probe.Notes.Count == 1);

        _time.Advance(TimeSpan.FromSeconds(6));

        var error = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("did not activate within 00:00:05", error.Message, StringComparison.Ordinal);
        probe.Open("activate");
        await grain.WakeAsync();
    }

    [Fact]
    public async Task A_reminder_outlives_the_process_and_skips_what_it_missed()
    {
        var table = new SharedReminderTable();
        var key = Guid.NewGuid().ToString("N");
        var probe = EngineProbe.Of(key);
        var period = TimeSpan.FromMinutes(10);
        await using (var engine = await StartAsync(addServices: services => services.AddSingleton<IReminderTable>(table)))
        {
            await engine.Grains.GetGrain<IReminderGrain>(key).SetAsync("tea", TimeSpan.FromMinutes(5), period);
            _time.Advance(TimeSpan.FromMinutes(4));
            Assert.Empty(probe.Notes);
        }

        _time.Advance(TimeSpan.FromMinutes(62));
        await using (await StartAsync(addServices: services => services.AddSingleton<IReminderTable>(table)))
        {
            _time.Advance(TimeSpan.FromMinutes(8));
            Assert.Empty(probe.Notes);
            _time.Advance(TimeSpan.FromMinutes(2));
            await Eventually.HoldsAsync("one tick", () => probe.Notes.Count == 1);
        }

        Assert.Equal([$"tea {period}"], probe.Notes);
    }

    [Fact]
    public async Task Reminders_need_a_table()
    {
        await using var engine = await StartAsync(addServices: static services
            => services.Remove(services.Single(service => service.ServiceType == typeof(IReminderTable))));
        var (grain, _, _) = engine.New<IReminderGrain>();

        await Assert.ThrowsAsync<OrleansConfigurationException>(() => grain.SetAsync("tea", TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(nameof(LocalEngineOptions.ResponseTimeout))]
    [InlineData(nameof(LocalEngineOptions.CollectionAge))]
    [InlineData(nameof(LocalEngineOptions.CollectionQuantum))]
    [InlineData(nameof(LocalEngineOptions.ActivationTimeout))]
    [InlineData(nameof(LocalEngineOptions.DeactivationTimeout))]
    [InlineData(nameof(LocalEngineOptions.MinimumReminderPeriod))]
    public void A_setting_out_of_bounds_is_refused_by_name(string setting)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ServiceCollection().AddLocalGrains(
            options => typeof(LocalEngineOptions).GetProperty(setting)!.SetValue(options, TimeSpan.Zero)));
        Assert.Equal(setting, error.ParamName);
    }

    private Task<LocalEngineHost> StartAsync(Action<LocalEngineOptions>? configure = null, Action<IServiceCollection>? addServices = null)
        => LocalEngineHost.StartAsync(configure, services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            addServices?.Invoke(services);
        });
}
