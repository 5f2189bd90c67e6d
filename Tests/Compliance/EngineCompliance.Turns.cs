namespace Chat4All.Tests.Compliance;

/// <summary>One call at a time, one thread at a time.</summary>
public abstract partial class EngineCompliance
{
    [Fact]
    public async Task A_grain_knows_its_key()
    {
        var (grain, _) = New<ITurnGrain>();
        Assert.Equal(Orleans.GrainExtensions.GetPrimaryKeyString(grain), await grain.KeyAsync());
    }

    [Fact]
    public async Task Arguments_and_results_arrive_as_they_were_sent()
    {
        var (grain, _) = New<ITurnGrain>();
        var id = Guid.NewGuid();

        var answer = await grain.EchoAsync(new EngineParcel(0, Guid.Empty, null, 0), 7, id, "text", [1, 2, long.MaxValue - 3]);

        Assert.Equal(new EngineParcel(7, id, "text", long.MaxValue), answer);
    }

    [Fact]
    public async Task Null_arguments_arrive_as_null()
    {
        var (grain, _) = New<ITurnGrain>();
        Assert.Null((await grain.EchoAsync(new EngineParcel(1, Guid.Empty, "old", 1), 0, Guid.Empty, null, [])).Text);
    }

    [Fact]
    public async Task A_value_task_without_result_is_awaited()
    {
        var (grain, _) = New<ITurnGrain>();
        await grain.NothingAsync();
    }

    [Fact]
    public async Task Calls_of_one_grain_never_overlap()
    {
        var (grain, probe) = New<ITurnGrain>();

        var counts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(grain.CountSlowlyAsync)));

        Assert.Equal(Enumerable.Range(1, 200), counts.Order());
        Assert.Equal(1, probe.MostInside);
    }

    [Fact]
    public async Task A_call_waits_until_the_one_before_has_ended()
    {
        var (grain, probe) = New<ITurnGrain>();
        var first = grain.HoldAsync("first");
        await HappensAsync(probe, "first in");

        var second = grain.NoteAsync("second");
        var other = Grains.GetGrain<ITurnGrain>(NewKey());
        await other.KeyAsync();
        Assert.False(second.IsCompleted);

        probe.Open("first");
        await Task.WhenAll(first, second);
        Assert.Equal(["first in", "first out", "second"], probe.Notes);
    }

    [Fact]
    public async Task Awaited_calls_keep_their_order()
    {
        var (grain, probe) = New<ITurnGrain>();
        for (var i = 0; i < 100; i++)
        {
            await grain.NoteAsync($"{i}");
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), probe.Notes);
    }

    [Fact]
    public async Task A_grain_that_waits_does_not_hold_up_another()
    {
        var (grain, probe) = New<ITurnGrain>();
        var held = Enumerable.Range(0, 50).Select(_ => New<ITurnGrain>()).ToArray();
        var waiting = held.Select(each => each.Grain.HoldAsync("gate")).ToArray();

        await grain.NoteAsync("through");

        Assert.Equal(["through"], probe.Notes);
        foreach (var each in held)
        {
            each.Probe.Open("gate");
        }

        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Awaits_come_back_to_the_turn_of_the_grain()
    {
        var (grain, _) = New<ITurnGrain>();
        Assert.True(await grain.ComesBackAsync());
    }

    [Fact]
    public async Task A_grain_that_gives_itself_away_is_called_in_its_own_turn()
    {
        var (grain, probe) = New<ITurnGrain>();

        await grain.IntroduceAsync(NewKey());

        // The visit waits until the introduction has ended, although it was sent before.
        await HappensAsync(probe, "visited");
        Assert.Equal(["introduced", "visited"], probe.Notes);
    }

    [Fact]
    public async Task Request_values_travel_with_the_call_and_not_back()
    {
        var (grain, _) = New<ITurnGrain>();
        var name = $"value-{NewKey()}";
        Orleans.Runtime.RequestContext.Set(name, "given");

        Assert.Equal(["given", "given"], await grain.RequestValuesAsync(name, NewKey()));
        Assert.Equal("given", Orleans.Runtime.RequestContext.Get(name));

        Orleans.Runtime.RequestContext.Remove(name);
        Assert.Equal(["none"], await grain.RequestValuesAsync(name, null));
    }

    [Fact]
    public async Task Request_values_that_a_call_sets_are_not_there_for_the_next()
    {
        var (grain, _) = New<ITurnGrain>();
        var name = $"value-{NewKey()}";

        // In one batch, so that one call may follow the other on the same thread.
        var calls = Enumerable.Range(0, 20).Select(_ => grain.SetRequestValueAsync(name))
            .Append(grain.RequestValuesAsync(name, null)).ToArray();
        await Task.WhenAll(calls);

        Assert.Equal(["none"], await (Task<string[]>)calls[^1]);
        Assert.Equal(["none"], await grain.RequestValuesAsync(name, null));
    }

    [Fact]
    public async Task The_caller_of_a_one_way_call_does_not_wait()
    {
        var (grain, probe) = New<ITurnGrain>();

        await grain.HoldUnanswered("gate");

        await HappensAsync(probe, "gate in");
        probe.Open("gate");
        await HappensAsync(probe, "gate out");
    }

    [Fact]
    public async Task The_caller_of_a_one_way_call_hears_of_no_failure()
    {
        var (grain, probe) = New<ITurnGrain>();

        await grain.FailUnanswered();

        await HappensAsync(probe, "fail");
        await grain.NoteAsync("goes on");
        Assert.Equal(["fail", "goes on"], probe.Notes);
    }

    [Fact]
    public async Task A_thousand_grains_work_at_once()
    {
        var grains = Enumerable.Range(0, 1_000).Select(_ => Grains.GetGrain<ITurnGrain>(NewKey())).ToArray();

        var counts = await Task.WhenAll(grains.SelectMany(grain => new[] { grain.CountSlowlyAsync(), grain.CountSlowlyAsync() }));

        Assert.Equal(1_000, counts.Count(count => count == 1));
        Assert.Equal(1_000, counts.Count(count => count == 2));
    }
}
