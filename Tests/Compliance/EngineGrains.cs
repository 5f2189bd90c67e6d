using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Chat4All.Tests.Compliance;

/// <summary>What every engine grain of the suite can be asked for.</summary>
public interface IProbedGrain : IGrainWithStringKey
{
    /// <summary>Notes that it began, waits for the gate, notes that it ended.</summary>
    Task HoldAsync(string gate);

    /// <summary>Notes a word.</summary>
    Task NoteAsync(string word);
}

/// <summary>An ordinary grain: one call at a time.</summary>
public interface ITurnGrain : IProbedGrain
{
    /// <summary>Reads a number, awaits a few times, writes it back one higher.</summary>
    Task<int> CountSlowlyAsync();

    /// <summary>As <see cref="IProbedGrain.HoldAsync"/>, between the turns of whatever runs.</summary>
    [AlwaysInterleave]
    Task HoldInterleavedAsync(string gate);

    /// <summary>As <see cref="IProbedGrain.HoldAsync"/>, beside other readers.</summary>
    [ReadOnly]
    Task HoldReadingAsync(string gate);

    /// <summary>As <see cref="IProbedGrain.HoldAsync"/>, with nobody waiting.</summary>
    [OneWay]
    Task HoldUnanswered(string gate);

    /// <summary>Fails, with nobody waiting.</summary>
    [OneWay]
    Task FailUnanswered();

    /// <summary>The grain's key.</summary>
    ValueTask<string> KeyAsync();

    /// <summary>Does nothing after an await.</summary>
    ValueTask NothingAsync();

    /// <summary>Throws before its first await.</summary>
    Task ThrowAtOnceAsync(string message);

    /// <summary>Throws after an await.</summary>
    Task<int> ThrowLaterAsync(string message);

    /// <summary>Whether awaits come back to the grain's turn, also after work on the thread pool.</summary>
    Task<bool> ComesBackAsync();

    /// <summary>Calls the grain with this key, which is called by nobody else.</summary>
    [ResponseTimeout("00:00:01")]
    Task CallAsync(string key, string[] further);

    /// <summary>Waits for the token, notes that it was cancelled and on whose turn.</summary>
    Task WaitForCancellationAsync(CancellationToken cancellation);

    /// <summary>Waits for the token for a while and answers.</summary>
    Task<string> AnswerUnlessCancelledAsync(string gate, CancellationToken cancellation);

    /// <summary>A value of the request context, and the same as the grain with this key sees it.</summary>
    Task<string[]> RequestValuesAsync(string name, string? otherKey);

    /// <summary>Sets a value of the request context without an await.</summary>
    Task SetRequestValueAsync(string name);

    /// <summary>Gives itself to the grain with this key, which calls back.</summary>
    Task IntroduceAsync(string otherKey);

    /// <summary>Calls the visitor once this call is done.</summary>
    Task VisitAsync(IProbedGrain visitor);

    /// <summary>Answers a record with what it was given.</summary>
    Task<EngineParcel> EchoAsync(EngineParcel parcel, int number, Guid id, string? text, long[] numbers);
}

/// <summary>An argument and a result.</summary>
[GenerateSerializer, Immutable, Alias("Chat4All.Tests.EngineParcel")]
public sealed record EngineParcel([property: Id(0)] int Number, [property: Id(1)] Guid Key, [property: Id(2)] string? Text, [property: Id(3)] long Sum);

/// <summary>Fails with its own type.</summary>
[GenerateSerializer, Alias("Chat4All.Tests.EngineParcelLostException")]
public sealed class EngineParcelLostException(string message) : Exception(message);

internal sealed class TurnGrain : Grain, ITurnGrain
{
    private int _count;

    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public async Task<int> CountSlowlyAsync()
    {
        var read = _count;
        for (var i = 0; i < 3; i++)
        {
            Probe.Inside();
            await Task.Yield();
        }

        return _count = read + 1;
    }

    public Task HoldAsync(string gate) => HoldCoreAsync(gate);

    public Task HoldInterleavedAsync(string gate) => HoldCoreAsync(gate);

    public Task HoldReadingAsync(string gate) => HoldCoreAsync(gate);

    public Task HoldUnanswered(string gate) => HoldCoreAsync(gate);

    public Task FailUnanswered()
    {
        Probe.Note("fail");
        throw new EngineParcelLostException("nobody hears this");
    }

    public Task NoteAsync(string word)
    {
        Probe.Note(word);
        return Task.CompletedTask;
    }

    public ValueTask<string> KeyAsync() => ValueTask.FromResult(this.GetPrimaryKeyString());

    public async ValueTask NothingAsync() => await Task.Yield();

    public Task ThrowAtOnceAsync(string message) => throw new EngineParcelLostException(message);

    public async Task<int> ThrowLaterAsync(string message)
    {
        await Task.Yield();
        throw new EngineParcelLostException(message);
    }

    public async Task<bool> ComesBackAsync()
    {
        var scheduler = TaskScheduler.Current;
        if (scheduler == TaskScheduler.Default)
        {
            return false;
        }

        var outside = await Task.Run(static () => TaskScheduler.Current);
        var afterPool = TaskScheduler.Current;
        await Task.Yield();
        return outside == TaskScheduler.Default && afterPool == scheduler && TaskScheduler.Current == scheduler;
    }

    public async Task CallAsync(string key, string[] further)
        => await GrainFactory.GetGrain<ITurnGrain>(key).CallAsync(further.Length > 0 ? further[0] : key, [.. further.Skip(1)]);

    public async Task WaitForCancellationAsync(CancellationToken cancellation)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellation.Register(() =>
        {
            Probe.Note(TaskScheduler.Current == scheduler ? "cancelled in turn" : "cancelled elsewhere");
            cancelled.SetResult();
        });
        Probe.Note("waiting");
        await cancelled.Task;
        Probe.Note("noticed");
        cancellation.ThrowIfCancellationRequested();
    }

    public async Task<string> AnswerUnlessCancelledAsync(string gate, CancellationToken cancellation)
    {
        await Probe.Gate(gate).WaitAsync(cancellation);
        return "answer";
    }

    public async Task<string[]> RequestValuesAsync(string name, string? otherKey)
    {
        var own = RequestContext.Get(name) as string ?? "none";
        if (otherKey is null)
        {
            return [own];
        }

        var others = await GrainFactory.GetGrain<ITurnGrain>(otherKey).RequestValuesAsync(name, null);
        RequestContext.Set(name, "changed by the grain");
        return [own, .. others];
    }

    public Task SetRequestValueAsync(string name)
    {
        RequestContext.Set(name, "left behind");
        return Task.CompletedTask;
    }

    public async Task IntroduceAsync(string otherKey)
    {
        await GrainFactory.GetGrain<ITurnGrain>(otherKey).VisitAsync(this);
        Probe.Note("introduced");
    }

    public Task VisitAsync(IProbedGrain visitor)
    {
        _ = visitor.NoteAsync("visited");
        return Task.CompletedTask;
    }

    public async Task<EngineParcel> EchoAsync(EngineParcel parcel, int number, Guid id, string? text, long[] numbers)
    {
        await Task.Yield();
        return parcel with { Number = number, Key = id, Text = text, Sum = numbers.Sum() };
    }

    private async Task HoldCoreAsync(string gate)
    {
        Probe.Note($"{gate} in");
        await Probe.Gate(gate);
        Probe.Note($"{gate} out");
    }
}
