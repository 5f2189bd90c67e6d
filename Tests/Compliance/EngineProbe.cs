using System.Collections.Concurrent;

namespace Chat4All.Tests.Compliance;

/// <summary>What a test shares with a grain of the same process: notes of what happened, and gates that hold the grain up.</summary>
public sealed class EngineProbe
{
    private static readonly ConcurrentDictionary<string, EngineProbe> Probes = new();

    private readonly ConcurrentQueue<string> _notes = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private int _inside;
    private int _mostInside;

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<string> Notes => [.. _notes];

    /// <summary>Most threads that were inside of the grain's code at once.</summary>
    public int MostInside => Volatile.Read(ref _mostInside);

    /// <summary>The probe of the grain with this key.</summary>
    public static EngineProbe Of(string key) => Probes.GetOrAdd(key, static _ => new EngineProbe());

    /// <summary>Something happened.</summary>
    public void Note(string what) => _notes.Enqueue(what);

    /// <summary>Completes when the gate is open.</summary>
    public Task Gate(string name) => Find(name).Task;

    /// <summary>Opens a gate for good.</summary>
    public void Open(string name) => Find(name).TrySetResult();

    /// <summary>Marks code that only one thread may be in, long enough for others to run into it.</summary>
    public void Inside()
    {
        var inside = Interlocked.Increment(ref _inside);
        for (var most = MostInside; inside > most; most = MostInside)
        {
            Interlocked.CompareExchange(ref _mostInside, inside, most);
        }

        Thread.SpinWait(200);
        Interlocked.Decrement(ref _inside);
    }

    private TaskCompletionSource Find(string name)
        => _gates.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
