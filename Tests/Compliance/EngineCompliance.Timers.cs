namespace Chat4All.Tests.Compliance;

/// <summary>Timers and reminders.</summary>
public abstract partial class EngineCompliance
{
    [Fact]
    public async Task A_timer_ticks_again_and_again()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartAsync("tick", 0, 5, interleave: false);
        await HappensAsync(probe, "tick", times: 5);
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartAsync("once", 0, -1, interleave: false);
        await HappensAsync(probe, "once");

        await grain.StartAsync("witness", 0, 5, interleave: false);
        await HappensAsync(probe, "witness", times: 10);

        Assert.Single(probe.Notes, note => note == "once");
    }

    [Fact]
    public async Task A_tick_waits_for_the_call_that_runs()
    {
        var (grain, probe) = New<ITimerGrain>();
        var (other, otherProbe) = New<ITimerGrain>();
        await grain.StartAsync("tick", 20, 20, interleave: false);
        await other.StartAsync("witness", 20, 20, interleave: false);
        var call = grain.HoldAsync("call");
        await HappensAsync(probe, "call in");
        var ticked = probe.Notes.Count;

        await HappensAsync(otherProbe, "witness", times: 5);
        Assert.Equal(ticked, probe.Notes.Count);

        probe.Open("call");
        await call;
        await HappensAsync(probe, "tick");
    }

    [Fact]
    public async Task An_interleaving_tick_does_not_wait()
    {
        var (grain, probe) = New<ITimerGrain>();
        var call = grain.HoldAsync("call");
        await HappensAsync(probe, "call in");
        probe.Open("call");
        await call;

        await grain.StartAsync("tick", 20, 20, interleave: true);
        var second = grain.HoldAsync("second");
        await HappensAsync(probe, "tick", times: 3);

        Assert.False(second.IsCompleted);
        probe.Open("second");
        await second;
    }

    [Fact]
    public async Task A_call_waits_for_the_tick_that_runs()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartHeldAsync("tick", interleave: false);
        await HappensAsync(probe, "tick in");

        var call = grain.NoteAsync("call");
        await Grains.GetGrain<ITurnGrain>(NewKey()).KeyAsync();
        Assert.False(call.IsCompleted);

        probe.Open("tick");
        await call;
        Assert.Equal(["tick in", "tick out", "call"], probe.Notes);
    }

    [Fact]
    public async Task A_call_does_not_wait_for_an_interleaving_tick()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartHeldAsync("tick", interleave: true);
        await HappensAsync(probe, "tick in");

        await grain.NoteAsync("call");

        probe.Open("tick");
        await HappensAsync(probe, "tick out");
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        var (grain, probe) = New<ITimerGrain>();
        var (witness, witnessed) = New<ITimerGrain>();
        await grain.StartAsync("tick", 0, 5, interleave: false);
        await HappensAsync(probe, "tick", times: 2);

        await grain.StopAsync();
        await witness.StartAsync("witness", 0, 5, interleave: false);
        await HappensAsync(witnessed, "witness", times: 10);

        Assert.Equal("stopped", probe.Notes[^1]);
    }

    [Fact]
    public async Task A_timer_started_while_the_grain_is_activated_ticks_once_it_is()
    {
        var (grain, probe) = New<IPunctualGrain>();
        var call = grain.WakeAsync();
        await Grains.GetGrain<ITurnGrain>(NewKey()).NothingAsync();

        probe.Open("activate");
        await call;
        await HappensAsync(probe, "tick");

        Assert.Equal(["activated", "tick"], probe.Notes);
    }

    [Fact]
    public async Task A_timer_may_be_set_anew()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartAsync("tick", -1, -1, interleave: false);
        await grain.ChangeAsync(0, 5);
        await HappensAsync(probe, "tick", times: 3);
    }

    [Fact]
    public async Task A_failing_tick_does_not_end_the_timer()
    {
        var (grain, probe) = New<ITimerGrain>();
        await grain.StartFailingAsync();
        await HappensAsync(probe, "failing tick", times: 3);
    }

    [Fact]
    public async Task Timers_end_with_their_activation()
    {
        var (grain, probe) = New<ITimerGrain>();
        var (witness, witnessed) = New<ITimerGrain>();
        await grain.StartAsync("tick", 0, 5, interleave: false);
        await HappensAsync(probe, "tick", times: 2);

        await grain.LeaveAsync();
        await HappensAsync(probe, "gone");
        await witness.StartAsync("witness", 0, 5, interleave: false);
        await HappensAsync(witnessed, "witness", times: 10);

        Assert.Equal("gone", probe.Notes[^1]);
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_reminder_ticks_until_it_is_removed()
    {
        var (grain, probe) = New<IReminderGrain>();

        await grain.SetAsync("tea", TimeSpan.Zero, EngineFixture.MinimumReminderPeriod);
        await HappensAsync(probe, $"tea {EngineFixture.MinimumReminderPeriod}", times: 2);
        Assert.Equal(["tea"], await grain.NamesAsync());

        await grain.RemoveAsync("tea");
        Assert.Empty(await grain.NamesAsync());
    }

    [Fact]
    public async Task A_reminder_with_too_short_a_period_is_refused()
    {
        var (grain, _) = New<IReminderGrain>();
        await Assert.ThrowsAsync<ArgumentException>(() => grain.SetAsync(
            "hurry", TimeSpan.Zero, EngineFixture.MinimumReminderPeriod - TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Setting_a_reminder_again_replaces_it()
    {
        var (grain, _) = New<IReminderGrain>();
        await grain.SetAsync("later", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        await grain.SetAsync("later", TimeSpan.FromHours(2), TimeSpan.FromHours(2));
        await grain.SetAsync("another", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        Assert.Equal(["another", "later"], await grain.NamesAsync());
    }
}
