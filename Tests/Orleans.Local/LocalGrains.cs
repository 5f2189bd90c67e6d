using Chat4All.Tests.Compliance;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.LocalEngine;

/// <summary>Has a number for a key.</summary>
public interface INumberedGrain : IGrainWithIntegerKey
{
    /// <summary>The key.</summary>
    Task<long> KeyAsync();
}

/// <summary>Has a Guid for a key.</summary>
public interface IGuidGrain : IGrainWithGuidKey
{
    /// <summary>The key.</summary>
    Task<Guid> KeyAsync();
}

/// <summary>Has two keys.</summary>
public interface ICompoundGrain : IGrainWithIntegerCompoundKey
{
    /// <summary>Both.</summary>
    Task<string> KeysAsync();
}

/// <summary>Is implemented twice.</summary>
public interface IAnimalGrain : IGrainWithStringKey
{
    /// <summary>Which one it is.</summary>
    Task<string> SoundAsync();
}

/// <summary>Is implemented by nobody.</summary>
public interface INobodyGrain : IGrainWithStringKey
{
    /// <summary>Never runs.</summary>
    Task NeverAsync();
}

/// <summary>Is no <see cref="Grain"/>, has services, and is disposed.</summary>
public interface IPlainGrain : IGrainWithStringKey
{
    /// <summary>Whether its services are its own.</summary>
    Task<Guid> ScopeAsync();

    /// <summary>Ends the activation.</summary>
    Task LeaveAsync();
}

/// <summary>Ends its own activation whenever it is activated.</summary>
public interface IFleetingGrain : IGrainWithStringKey
{
    /// <summary>Never runs.</summary>
    Task NeverAsync();
}

/// <summary>Takes its time to activate, unless it is told to stop.</summary>
public interface ISlowGrain : IGrainWithStringKey
{
    /// <summary>Activates it.</summary>
    Task WakeAsync();
}

/// <summary>Has a timer that keeps it.</summary>
public interface IWakefulGrain : IGrainWithStringKey
{
    /// <summary>Starts the timer.</summary>
    Task StartAsync(TimeSpan period);
}

/// <summary>Calls another when it ends.</summary>
public interface IFarewellGrain : IGrainWithStringKey
{
    /// <summary>Names the one to call.</summary>
    Task RememberAsync(string key);
}

/// <summary>Lives in a scope.</summary>
public sealed class ScopedThing : IDisposable
{
    /// <summary>Tells scopes apart.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Whether the scope has ended.</summary>
    public bool IsDisposed { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => IsDisposed = true;
}

internal sealed class NumberedGrain : Grain, INumberedGrain
{
    public Task<long> KeyAsync() => Task.FromResult(this.GetPrimaryKeyLong());
}

internal sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<Guid> KeyAsync() => Task.FromResult(this.GetPrimaryKey());
}

internal sealed class CompoundGrain : Grain, ICompoundGrain
{
    public Task<string> KeysAsync() => Task.FromResult($"{this.GetPrimaryKeyLong(out var extension)} and {extension}");
}

internal sealed class CatGrain : Grain, IAnimalGrain
{
    public Task<string> SoundAsync() => Task.FromResult("meow");
}

[GrainType("hound")]
internal sealed class DogGrain : Grain, IAnimalGrain
{
    public Task<string> SoundAsync() => Task.FromResult("woof");
}

internal sealed class PlainGrain(IGrainContext grainContext, ScopedThing thing, IGrainFactory grains) : IPlainGrain, IGrainBase, IAsyncDisposable
{
    public IGrainContext GrainContext => grainContext;

    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public async Task<Guid> ScopeAsync()
    {
        // Calling another grain shows that the injected factory is the engine's.
        await grains.GetGrain<INumberedGrain>(1).KeyAsync();
        return thing.Id;
    }

    public Task LeaveAsync()
    {
        this.DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Probe.Note($"grain disposed, its scope {(thing.IsDisposed ? "before" : "not yet")}");
        return ValueTask.CompletedTask;
    }
}

internal sealed class FleetingGrain : Grain, IFleetingGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        EngineProbe.Of(this.GetPrimaryKeyString()).Note("activating");
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task NeverAsync() => Task.CompletedTask;
}

internal sealed class SlowGrain : Grain, ISlowGrain, IDisposable
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Note("activating");
        try
        {
            await Probe.Gate("activate").WaitAsync(cancellationToken);
        }
        finally
        {
            await Task.Yield();
            Probe.Note("activation ended");
        }
    }

    public Task WakeAsync() => Task.CompletedTask;

    public void Dispose() => Probe.Note("disposed");
}

internal sealed class WakefulGrain : Grain, IWakefulGrain
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public Task StartAsync(TimeSpan period)
    {
        this.RegisterGrainTimer(
            () =>
            {
                Probe.Note("tick");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(period, period) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note("gone");
        return Task.CompletedTask;
    }
}

internal sealed class FarewellGrain : Grain, IFarewellGrain
{
    private string? _key;

    public Task RememberAsync(string key)
    {
        _key = key;
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
        => GrainFactory.GetGrain<ITurnGrain>(_key!).NoteAsync($"farewell: {reason.ReasonCode}");
}
