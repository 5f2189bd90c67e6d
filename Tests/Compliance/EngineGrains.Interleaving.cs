using Orleans;
using Orleans.Concurrency;
using Orleans.Serialization.Invocation;

namespace Chat4All.Tests.Compliance;

/// <summary>Its calls interleave.</summary>
public interface IReentrantGrain : IProbedGrain
{
    /// <summary>Takes a few turns.</summary>
    Task MingleAsync();

    /// <summary>Calls itself.</summary>
    Task<int> CallSelfAsync(int depth);
}

/// <summary>Only calls that note something interleave.</summary>
public interface IChoosyGrain : IProbedGrain;

/// <summary>Has several activations.</summary>
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Meets others at the gate.</summary>
    Task HoldAsync(string gate);
}

[Reentrant]
internal sealed class ReentrantGrain : Grain, IReentrantGrain
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public async Task HoldAsync(string gate)
    {
        Probe.Note($"{gate} in");
        await Probe.Gate(gate);
        Probe.Note($"{gate} out");
    }

    public Task NoteAsync(string word)
    {
        Probe.Note(word);
        return Task.CompletedTask;
    }

    public async Task MingleAsync()
    {
        for (var i = 0; i < 5; i++)
        {
            Probe.Inside();
            await Task.Yield();
        }
    }

    public async Task<int> CallSelfAsync(int depth)
        => depth == 0 ? 0 : 1 + await this.AsReference<IReentrantGrain>().CallSelfAsync(depth - 1);
}

[MayInterleave(nameof(MayInterleave))]
internal sealed class ChoosyGrain : Grain, IChoosyGrain
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public static bool MayInterleave(IInvokable request) => request.GetMethodName() == nameof(NoteAsync);

    public async Task HoldAsync(string gate)
    {
        Probe.Note($"{gate} in");
        await Probe.Gate(gate);
        Probe.Note($"{gate} out");
    }

    public Task NoteAsync(string word)
    {
        Probe.Note(word);
        return Task.CompletedTask;
    }
}

[StatelessWorker(2)]
internal sealed class WorkerGrain : Grain, IWorkerGrain
{
    public async Task HoldAsync(string gate)
    {
        var probe = EngineProbe.Of(this.GetPrimaryKeyString());
        probe.Note($"in {GrainContext.ActivationId}");
        await probe.Gate(gate);
    }
}
