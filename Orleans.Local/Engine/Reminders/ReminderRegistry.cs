using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Local.Reminders;

/// <summary>Stores reminders in the table, then tells the clock.</summary>
internal sealed class ReminderRegistry(LocalEngine engine, ReminderClock clock, IReminderTable? table) : IReminderRegistry
{
    public async Task<IGrainReminder> RegisterOrUpdateReminder(
        GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrEmpty(reminderName);
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < engine.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {reminderName} as requested period ({period}) is less than minimum allowed reminder period "
                + $"({engine.Options.MinimumReminderPeriod})", nameof(period));
        }

        var rows = Table();
        var entry = new ReminderEntry
        {
            GrainId = callingGrainId,
            ReminderName = reminderName,
            StartAt = engine.Time.GetUtcNow().UtcDateTime + dueTime,
            Period = period,
        };
        entry.ETag = await rows.UpsertRow(entry)
            ?? throw new ReminderException($"Could not store reminder {reminderName} of grain {callingGrainId}. It may be tried again.");
        clock.Set(entry);
        return StoredReminder.Of(entry);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        var rows = Table();
        if (reminder is not StoredReminder stored)
        {
            throw new ArgumentException("The reminder does not come from this engine.", nameof(reminder));
        }

        if (!await rows.RemoveRow(callingGrainId, stored.ReminderName, stored.ETag))
        {
            throw new ReminderException(
                $"Could not unregister reminder {stored.ReminderName} of grain {callingGrainId}: it was changed. It may be read and removed again.");
        }

        clock.Remove(callingGrainId, stored.ReminderName);
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName)
    {
        ArgumentException.ThrowIfNullOrEmpty(reminderName);
        return await Table().ReadRow(callingGrainId, reminderName) is { } entry ? StoredReminder.Of(entry) : null;
    }

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId)
    {
        var data = await Table().ReadRows(callingGrainId);
        return [.. data.Reminders.Select(StoredReminder.Of)];
    }

    private IReminderTable Table()
    {
        if (RuntimeContext.Current is null)
        {
            throw new InvalidOperationException("Reminders can be used only inside of a grain, not from another thread such as that of Task.Run.");
        }

        return table ?? throw new OrleansConfigurationException(
            $"The reminder service has not been configured: register an {nameof(IReminderTable)}.");
    }
}
