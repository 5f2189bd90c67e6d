using Microsoft.Extensions.Hosting;
using Orleans.Local.Reminders;

namespace Orleans.Local;

/// <summary>The engine's clockwork: looks for overdue calls and idle activations, and ends all activations when the process stops.</summary>
internal sealed class EngineHost(LocalEngine engine, ReminderClock reminders, IEnumerable<IReminderTable> reminderTables)
    : IHostedLifecycleService, IDisposable
{
    private readonly IReminderTable? _reminderTable = reminderTables.LastOrDefault();
    private ITimer? _sweep;
    private ITimer? _collection;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sweep = engine.Time.CreateTimer(
            static state => ((LocalEngine)state!).ExpireCalls(), engine, engine.SweepPeriod, engine.SweepPeriod);
        _collection = engine.Time.CreateTimer(
            static state => ((LocalEngine)state!).CollectIdle(), engine, engine.Options.CollectionQuantum, engine.Options.CollectionQuantum);
        return Task.CompletedTask;
    }

    /// <summary>Only now, because the store that holds the reminders may start later than the engine.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (_reminderTable is null)
        {
            return;
        }

        await _reminderTable.StartAsync(cancellationToken);
        foreach (var entry in (await _reminderTable.ReadRows(0, 0)).Reminders)
        {
            reminders.Set(entry);
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        reminders.Stop();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _collection?.Dispose();
        await engine.StopAsync(cancellationToken);
        _sweep?.Dispose();
        if (_reminderTable is not null)
        {
            await _reminderTable.StopAsync(cancellationToken);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _collection?.Dispose();
        _sweep?.Dispose();
    }
}
