using System.Diagnostics;
using Chat4All.Tests.Compliance;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.LocalEngine;

/// <summary>What the engine tells about itself, and what it does to unawaited calls on request.</summary>
public sealed class EngineObservationTests
{
    [Fact]
    public async Task Statistics_count_activations_calls_failures_and_times()
    {
        await using var engine = await LocalEngineHost.StartAsync();
        var (grain, _, _) = engine.New<ITurnGrain>();
        for (var i = 0; i < 20; i++)
        {
            await grain.NoteAsync("note");
        }

        await Assert.ThrowsAsync<EngineParcelLostException>(() => grain.ThrowAtOnceAsync("once"));
        await engine.New<ITurnGrain>().Grain.KeyAsync();
        var (leaver, left, _) = engine.New<ILifecycleGrain>();
        left.Open("gate");
        await leaver.LeaveAsync("gate");
        await Eventually.HoldsAsync("departure", () => Of("lifecycle").Activations == 0);

        var turns = Of("turn");
        Assert.Equal((2, 2, 22, 1), (turns.Activations, turns.ActivationsMade, turns.Calls, turns.FailedCalls));
        Assert.Equal(EngineStatistics.LatencyBounds.Count + 1, turns.LatencyBuckets.Count);
        Assert.Equal(22, turns.LatencyBuckets.Sum());
        Assert.True(turns.TotalLatency > TimeSpan.Zero);
        Assert.Equal(1, Of("lifecycle").ActivationsMade);

        GrainTypeStatistics Of(string type)
            => engine.Services.GetRequiredService<EngineStatistics>().Read().Single(each => each.GrainType == type);
    }

    [Fact]
    public async Task A_call_continues_the_trace_of_its_caller()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.Orleans.Application" or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        await using var engine = await LocalEngineHost.StartAsync();
        var (grain, _, key) = engine.New<ITurnGrain>();

        using var request = source.StartActivity("request")!;
        await grain.RequestValuesAsync("nothing", Guid.NewGuid().ToString("N"));

        Activity[] calls;
        lock (spans)
        {
            calls = [.. spans.Where(span => span.TraceId == request.TraceId && span.DisplayName == "ITurnGrain/RequestValuesAsync")];
        }

        Assert.Equal(2, calls.Length);
        var outer = calls.Single(span => span.ParentSpanId == request.SpanId);
        var inner = calls.Single(span => span.ParentSpanId == outer.SpanId);
        Assert.Equal($"turn/{key}", outer.GetTagItem("rpc.orleans.target_id"));
        Assert.NotEqual(outer.SpanId, inner.SpanId);
    }

    [Fact]
    public async Task Shuffled_calls_come_in_another_order_and_none_is_lost()
    {
        await using var engine = await LocalEngineHost.StartAsync(static options => options.ShuffleCalls = 1);
        var (grain, probe, _) = engine.New<ITurnGrain>();
        var sent = Enumerable.Range(0, 500).Select(i => $"{i}").ToArray();

        await Task.WhenAll(sent.Select(grain.NoteAsync));

        Assert.NotEqual(sent, probe.Notes);
        Assert.Equal(sent.Order(), probe.Notes.Order());
    }
}
