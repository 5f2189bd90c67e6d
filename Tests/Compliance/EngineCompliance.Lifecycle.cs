using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Compliance;

/// <summary>Activation, deactivation and what happens to calls meanwhile.</summary>
public abstract partial class EngineCompliance
{
    [Fact]
    public async Task A_grain_is_activated_before_its_first_call_and_only_once()
    {
        var (grain, probe) = New<ILifecycleGrain>();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => grain.NoteAsync("call")));

        Assert.Equal(["activating", "activated", .. Enumerable.Repeat("call", 20)], probe.Notes);
    }

    [Fact]
    public async Task References_to_one_grain_are_equal_and_reach_the_same_activation()
    {
        var key = NewKey();
        var (one, other) = (Grains.GetGrain<ILifecycleGrain>(key), Grains.GetGrain<ILifecycleGrain>(key));

        Assert.Equal(one, other);
        Assert.NotEqual(one, Grains.GetGrain<ILifecycleGrain>(NewKey()));
        Assert.Equal(await one.ActivationAsync(), await other.ActivationAsync());
    }

    [Fact]
    public async Task A_grain_that_leaves_ends_its_call_first_and_the_next_call_gets_a_new_activation()
    {
        var (grain, probe) = New<ILifecycleGrain>();
        var before = await grain.ActivationAsync();
        var leaving = grain.LeaveAsync("gate");
        await HappensAsync(probe, "leaving");

        var next = grain.ActivationAsync();
        await Grains.GetGrain<ITurnGrain>(NewKey()).KeyAsync();
        Assert.False(next.IsCompleted);

        probe.Open("gate");
        await leaving;
        Assert.NotEqual(before, await next);
        Assert.Equal(
            ["activating", "activated", "leaving", "left", "deactivating: ApplicationRequested", "deactivated", "activating", "activated"],
            probe.Notes);
    }

    [Fact]
    public async Task Calls_that_wait_for_a_leaving_grain_are_all_answered_by_the_next_activation()
    {
        var (grain, probe) = New<ILifecycleGrain>();
        var leaving = grain.LeaveAsync("gate");
        await HappensAsync(probe, "leaving");
        var waiting = Enumerable.Range(0, 50).Select(_ => grain.ActivationAsync()).ToArray();

        probe.Open("gate");
        await leaving;

        Assert.Single((await Task.WhenAll(waiting)).Distinct());
    }

    [Fact]
    public async Task A_grain_that_refuses_to_activate_fails_its_calls_and_the_next_call_tries_again()
    {
        var (grain, probe) = New<IReluctantGrain>();

        await Assert.ThrowsAsync<EngineParcelLostException>(() => grain.NoteAsync("never"));

        Assert.Equal(["refused"], probe.Notes);
        probe.Open("ready");
        await grain.NoteAsync("at last");
        Assert.Equal(["refused", "at last"], probe.Notes);
    }

    [Fact]
    public async Task All_calls_that_waited_for_a_failed_activation_fail()
    {
        var (grain, probe) = New<IReluctantGrain>();

        var calls = Enumerable.Range(0, 10).Select(_ => grain.NoteAsync("never")).ToArray();

        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<EngineParcelLostException>(() => call);
        }

        Assert.DoesNotContain("never", probe.Notes);
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_grain_that_nobody_calls_is_collected()
    {
        var (grain, probe) = New<IShortLivedGrain>();
        var before = await grain.ActivationAsync();

        await HappensAsync(probe, "deactivated");

        Assert.Equal(["activating", "activated", "deactivating: ActivationIdle", "deactivated"], probe.Notes);
        Assert.NotEqual(before, await grain.ActivationAsync());
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_running_call_keeps_its_grain()
    {
        var (grain, probe) = New<IShortLivedGrain>();
        var (witness, witnessed) = New<IShortLivedGrain>();
        var running = grain.HoldAsync("gate");
        await witness.NoteAsync("idle");

        await HappensAsync(witnessed, "deactivated");

        probe.Open("gate");
        await running;
        Assert.Equal(["activating", "activated", "gate in", "gate out"], probe.Notes);
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_grain_that_asked_to_stay_is_not_collected()
    {
        var (grain, probe) = New<IShortLivedGrain>();
        await grain.StayAsync(60);
        var before = await grain.ActivationAsync();
        var (witness, witnessed) = New<IShortLivedGrain>();
        await witness.NoteAsync("idle");

        await HappensAsync(witnessed, "deactivated");
        Assert.Equal(before, await grain.ActivationAsync());

        await grain.StayAsync(0);
        await HappensAsync(probe, "deactivated");
    }

    [Fact]
    public async Task Calls_and_departures_in_a_crowd_lose_no_call()
    {
        var (grain, probe) = New<ILifecycleGrain>();
        probe.Open("gate");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                if (caller == 0 && i % 5 == 0)
                {
                    await grain.LeaveAsync("gate");
                }

                await grain.NoteAsync("call");
            }
        })));

        await Eventually.HoldsAsync("every departure", () => Count("activated") <= Count("deactivated") + 1, Deadline);
        Assert.Equal(200, Count("call"));
        Assert.Equal(10, Count("left"));

        int Count(string note) => probe.Notes.Count(noted => noted == note);
    }
}
