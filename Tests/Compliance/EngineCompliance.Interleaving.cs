namespace Chat4All.Tests.Compliance;

/// <summary>Which calls may start beside others.</summary>
public abstract partial class EngineCompliance
{
    [Fact]
    public async Task An_always_interleaving_call_starts_beside_an_ordinary_one()
    {
        var (grain, probe) = New<ITurnGrain>();
        var ordinary = grain.HoldAsync("ordinary");
        await HappensAsync(probe, "ordinary in");

        probe.Open("beside");
        await grain.HoldInterleavedAsync("beside");

        Assert.False(ordinary.IsCompleted);
        probe.Open("ordinary");
        await ordinary;
        Assert.Equal(["ordinary in", "beside in", "beside out", "ordinary out"], probe.Notes);
    }

    [Fact]
    public async Task An_ordinary_call_starts_beside_an_always_interleaving_one()
    {
        var (grain, probe) = New<ITurnGrain>();
        var beside = grain.HoldInterleavedAsync("beside");
        await HappensAsync(probe, "beside in");

        await grain.NoteAsync("ordinary");

        Assert.False(beside.IsCompleted);
        probe.Open("beside");
        await beside;
    }

    [Fact]
    public async Task An_always_interleaving_call_passes_the_ordinary_ones_that_wait()
    {
        var (grain, probe) = New<ITurnGrain>();
        var first = grain.HoldAsync("first");
        await HappensAsync(probe, "first in");
        var second = grain.NoteAsync("second");

        probe.Open("beside");
        await grain.HoldInterleavedAsync("beside");
        probe.Open("first");
        await Task.WhenAll(first, second);

        Assert.Equal(["first in", "beside in", "beside out", "first out", "second"], probe.Notes);
    }

    [Fact]
    public async Task Readers_interleave_with_each_other()
    {
        var (grain, probe) = New<ITurnGrain>();
        var first = grain.HoldReadingAsync("first");
        await HappensAsync(probe, "first in");

        probe.Open("second");
        await grain.HoldReadingAsync("second");

        Assert.False(first.IsCompleted);
        probe.Open("first");
        await first;
    }

    [Fact]
    public async Task A_writer_waits_for_a_reader_and_a_reader_for_a_writer()
    {
        var (grain, probe) = New<ITurnGrain>();
        var reader = grain.HoldReadingAsync("reader");
        await HappensAsync(probe, "reader in");
        var writer = grain.HoldAsync("writer");
        await Grains.GetGrain<ITurnGrain>(NewKey()).KeyAsync();
        Assert.Equal(["reader in"], probe.Notes);

        probe.Open("reader");
        await HappensAsync(probe, "writer in");
        probe.Open("late");
        var late = grain.HoldReadingAsync("late");
        await Grains.GetGrain<ITurnGrain>(NewKey()).KeyAsync();
        Assert.False(late.IsCompleted);

        probe.Open("writer");
        await Task.WhenAll(reader, writer, late);
        Assert.Equal(["reader in", "reader out", "writer in", "writer out", "late in", "late out"], probe.Notes);
    }

    [Fact]
    public async Task Calls_of_a_reentrant_grain_interleave()
    {
        var (grain, probe) = New<IReentrantGrain>();
        var calls = new[] { grain.HoldAsync("first"), grain.HoldAsync("second") };
        await HappensAsync(probe, "first in");
        await HappensAsync(probe, "second in");

        await grain.NoteAsync("third");

        probe.Open("first");
        probe.Open("second");
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Turns_of_a_reentrant_grain_never_overlap()
    {
        var (grain, probe) = New<IReentrantGrain>();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(grain.MingleAsync)));

        Assert.Equal(1, probe.MostInside);
    }

    [Fact]
    public async Task A_reentrant_grain_may_call_itself()
    {
        var (grain, _) = New<IReentrantGrain>();
        Assert.Equal(5, await grain.CallSelfAsync(5));
    }

    [Fact]
    public async Task A_grain_may_choose_what_interleaves()
    {
        var (grain, probe) = New<IChoosyGrain>();
        var first = grain.HoldAsync("first");
        await HappensAsync(probe, "first in");

        await grain.NoteAsync("chosen");
        var second = grain.HoldAsync("second");
        await grain.NoteAsync("chosen again");

        Assert.Equal(["first in", "chosen", "chosen again"], probe.Notes);
        probe.Open("first");
        probe.Open("second");
        await Task.WhenAll(first, second);
        Assert.Equal(["first in", "chosen", "chosen again", "first out", "second in", "second out"], probe.Notes);
    }

    [Fact]
    public async Task A_stateless_worker_runs_calls_in_parallel_up_to_its_limit()
    {
        var (grain, probe) = New<IWorkerGrain>();
        var calls = Enumerable.Range(0, 6).Select(_ => grain.HoldAsync("gate")).ToArray();

        await Hosting.Eventually.HoldsAsync("two workers at the gate", () => probe.Notes.Count == 2, Deadline);
        probe.Open("gate");
        await Task.WhenAll(calls);

        Assert.Equal(6, probe.Notes.Count);
        Assert.Equal(2, probe.Notes.Distinct().Count());
    }
}
