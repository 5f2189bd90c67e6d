namespace Chat4All.Tests.Compliance;

/// <summary>Exceptions, deadlocks and cancellation.</summary>
public abstract partial class EngineCompliance
{
    [Fact]
    public async Task An_exception_keeps_its_type_message_and_stack()
    {
        var (grain, _) = New<ITurnGrain>();

        var later = await Assert.ThrowsAsync<EngineParcelLostException>(() => grain.ThrowLaterAsync("later"));
        var atOnce = await Assert.ThrowsAsync<EngineParcelLostException>(() => grain.ThrowAtOnceAsync("at once"));

        Assert.Equal("later", later.Message);
        Assert.Equal("at once", atOnce.Message);
        Assert.Contains(nameof(ITurnGrain.ThrowLaterAsync), later.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ITurnGrain.ThrowAtOnceAsync), atOnce.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grain_works_on_after_a_failed_call()
    {
        var (grain, _) = New<ITurnGrain>();
        await Assert.ThrowsAsync<EngineParcelLostException>(() => grain.ThrowAtOnceAsync("once"));
        Assert.Equal(1, await grain.CountSlowlyAsync());
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_grain_that_calls_itself_gets_a_timeout_instead_of_hanging()
    {
        var (grain, _) = New<ITurnGrain>();
        var key = Orleans.GrainExtensions.GetPrimaryKeyString(grain);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => grain.CallAsync(key, []));

        Assert.Contains("Response did not arrive on time in 00:00:01", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await grain.CountSlowlyAsync());
    }

    [Fact, Trait("Category", "Integration")]
    public async Task A_chain_of_calls_that_closes_gets_a_timeout_instead_of_hanging()
    {
        var (grain, _) = New<ITurnGrain>();
        var key = Orleans.GrainExtensions.GetPrimaryKeyString(grain);
        var (second, third) = (NewKey(), NewKey());

        await Assert.ThrowsAsync<TimeoutException>(() => grain.CallAsync(second, [third, key]));

        Assert.Equal(1, await grain.CountSlowlyAsync());
        Assert.Equal(1, await Grains.GetGrain<ITurnGrain>(third).CountSlowlyAsync());
    }

    [Fact]
    public async Task Cancelling_a_running_call_ends_it_for_the_caller_and_tells_the_grain_in_its_turn()
    {
        var (grain, probe) = New<ITurnGrain>();
        using var cancellation = new CancellationTokenSource();
        var call = grain.WaitForCancellationAsync(cancellation.Token);
        await HappensAsync(probe, "waiting");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await HappensAsync(probe, "noticed");
        Assert.Equal(["waiting", "cancelled in turn", "noticed"], probe.Notes);
        Assert.Equal(1, await grain.CountSlowlyAsync());
    }

    /// <summary>In a cluster the cancellation travels like a call: the waiting call's turn may come first, and then it starts and is cancelled at once.</summary>
    [Fact]
    public async Task A_call_cancelled_while_it_waits_ends_for_the_caller_and_never_runs_uncancelled()
    {
        var (grain, probe) = New<ITurnGrain>();
        var first = grain.HoldAsync("first");
        await HappensAsync(probe, "first in");
        using var cancellation = new CancellationTokenSource();
        var second = grain.WaitForCancellationAsync(cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        probe.Open("first");
        await first;
        await grain.NoteAsync("third");

        // Orleans does not promise the order of calls that are not awaited, so the second may come behind the third. Wherever it comes, it finds itself cancelled.
        if (probe.Notes.Contains("waiting"))
        {
            await HappensAsync(probe, "noticed");
        }

        var notes = probe.Notes.Where(static note => note != "third").ToArray();
        Assert.True(
            notes is ["first in", "first out"] or ["first in", "first out", "waiting", "cancelled in turn", "noticed"],
            string.Join(", ", probe.Notes));
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_never_made()
    {
        var (grain, probe) = New<ITurnGrain>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitForCancellationAsync(new CancellationToken(canceled: true)));

        await grain.NoteAsync("next");
        Assert.Equal(["next"], probe.Notes);
    }

    [Fact]
    public async Task A_token_that_is_never_cancelled_changes_nothing()
    {
        var (grain, probe) = New<ITurnGrain>();
        using var cancellation = new CancellationTokenSource();
        probe.Open("gate");

        Assert.Equal("answer", await grain.AnswerUnlessCancelledAsync("gate", cancellation.Token));
        Assert.Equal("answer", await grain.AnswerUnlessCancelledAsync("gate", CancellationToken.None));
    }

    [Fact]
    public async Task A_filter_sees_the_call_and_may_change_the_result()
    {
        var (grain, probe) = New<IFilteredGrain>();

        Assert.Equal(43, await grain.DoubleAsync(21));

        Assert.Equal(["filter: DoubleAsync(21)", "grain: DoubleAsync of IFilteredGrain"], probe.Notes);
    }

    [Fact]
    public async Task A_filter_sees_failures_and_they_keep_their_type()
    {
        var (grain, probe) = New<IFilteredGrain>();

        var error = await Assert.ThrowsAsync<EngineParcelLostException>(grain.FailAsync);

        Assert.Equal("failed behind the filter", error.Message);
        Assert.Equal(["filter: FailAsync()", "grain: FailAsync of IFilteredGrain", "filter: failed"], probe.Notes);
    }

    [Fact]
    public async Task A_filter_may_forbid_a_call()
    {
        var (grain, probe) = New<IFilteredGrain>();

        await Assert.ThrowsAsync<UnauthorizedAccessException>(grain.ForbiddenAsync);

        Assert.Equal(["filter: ForbiddenAsync()"], probe.Notes);
    }
}
