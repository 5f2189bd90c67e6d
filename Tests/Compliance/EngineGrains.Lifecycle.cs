using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.Compliance;

/// <summary>Notes when it comes and goes.</summary>
public interface ILifecycleGrain : IProbedGrain
{
    /// <summary>Tells its activations apart.</summary>
    Task<string> ActivationAsync();

    /// <summary>Asks to be deactivated and goes on until the gate opens.</summary>
    Task LeaveAsync(string gate);

    /// <summary>Keeps it for this long, in seconds.</summary>
    Task StayAsync(double seconds);
}

/// <summary>As <see cref="ILifecycleGrain"/>, collected after two seconds without a call.</summary>
public interface IShortLivedGrain : ILifecycleGrain;

/// <summary>Fails to activate until the gate "ready" opens.</summary>
public interface IReluctantGrain : IProbedGrain;

/// <summary>Has a timer.</summary>
public interface ITimerGrain : IProbedGrain
{
    /// <summary>Starts a timer that notes its ticks under this name.</summary>
    Task StartAsync(string name, double dueMilliseconds, double periodMilliseconds, bool interleave);

    /// <summary>Starts a timer whose first tick waits for the gate.</summary>
    Task StartHeldAsync(string gate, bool interleave);

    /// <summary>Starts a timer whose ticks fail.</summary>
    Task StartFailingAsync();

    /// <summary>Disposes the last timer.</summary>
    Task StopAsync();

    /// <summary>Sets the last timer's times anew.</summary>
    Task ChangeAsync(double dueMilliseconds, double periodMilliseconds);

    /// <summary>Ends the activation.</summary>
    Task LeaveAsync();
}

/// <summary>Starts a timer while it is activated, which notes "tick" once.</summary>
public interface IPunctualGrain : IGrainWithStringKey
{
    /// <summary>Activates it.</summary>
    Task WakeAsync();
}

/// <summary>Sets reminders.</summary>
public interface IReminderGrain : IGrainWithStringKey
{
    /// <summary>Sets one.</summary>
    Task SetAsync(string name, TimeSpan dueTime, TimeSpan period);

    /// <summary>Removes one.</summary>
    Task RemoveAsync(string name);

    /// <summary>Names of all.</summary>
    Task<string[]> NamesAsync();
}

internal class LifecycleGrain : Grain, ILifecycleGrain
{
    private readonly string _activation = Guid.NewGuid().ToString("N");

    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Probe.Note("activating");
        await Task.Yield();
        Probe.Note("activated");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note($"deactivating: {reason.ReasonCode}");
        await Task.Yield();
        Probe.Note("deactivated");
    }

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

    public Task<string> ActivationAsync() => Task.FromResult(_activation);

    public async Task LeaveAsync(string gate)
    {
        DeactivateOnIdle();
        Probe.Note("leaving");
        await Probe.Gate(gate);
        Probe.Note("left");
    }

    public Task StayAsync(double seconds)
    {
        DelayDeactivation(TimeSpan.FromSeconds(seconds));
        return Task.CompletedTask;
    }
}

[CollectionAgeLimit("00:00:02")]
internal sealed class ShortLivedGrain : LifecycleGrain, IShortLivedGrain;

internal sealed class ReluctantGrain : Grain, IReluctantGrain
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (!Probe.Gate("ready").IsCompleted)
        {
            Probe.Note("refused");
            throw new EngineParcelLostException("not ready");
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note("deactivating");
        return Task.CompletedTask;
    }

    public Task HoldAsync(string gate) => Probe.Gate(gate);

    public Task NoteAsync(string word)
    {
        Probe.Note(word);
        return Task.CompletedTask;
    }
}

internal sealed class TimerGrain : Grain, ITimerGrain
{
    private IGrainTimer? _timer;

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

    public Task StartAsync(string name, double dueMilliseconds, double periodMilliseconds, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            (state, _) =>
            {
                Probe.Note(state);
                return Task.CompletedTask;
            },
            name,
            new GrainTimerCreationOptions(Time(dueMilliseconds), Time(periodMilliseconds)) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartHeldAsync(string gate, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            () => HoldAsync(gate),
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan, Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartFailingAsync()
    {
        _timer = this.RegisterGrainTimer(
            async _ =>
            {
                Probe.Note("failing tick");
                await Task.Yield();
                throw new EngineParcelLostException("a tick failed");
            },
            TimeSpan.Zero,
            TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        Probe.Note("stopped");
        return Task.CompletedTask;
    }

    public Task ChangeAsync(double dueMilliseconds, double periodMilliseconds)
    {
        _timer!.Change(Time(dueMilliseconds), Time(periodMilliseconds));
        return Task.CompletedTask;
    }

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Probe.Note("gone");
        return Task.CompletedTask;
    }

    private static TimeSpan Time(double milliseconds)
        => milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds);
}

internal sealed class PunctualGrain : Grain, IPunctualGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var probe = EngineProbe.Of(this.GetPrimaryKeyString());
        this.RegisterGrainTimer(
            () =>
            {
                probe.Note("tick");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan });
        await probe.Gate("activate");
        probe.Note("activated");
    }

    public Task WakeAsync() => Task.CompletedTask;
}

internal sealed class ReminderGrain : Grain, IReminderGrain, IRemindable
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Probe.Note($"{reminderName} {status.Period}");
        return Task.CompletedTask;
    }

    public Task SetAsync(string name, TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder(name, dueTime, period);

    public async Task RemoveAsync(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    public async Task<string[]> NamesAsync() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order()];
}
