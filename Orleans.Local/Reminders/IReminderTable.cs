using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are stored. Register an implementation to make reminders available.</summary>
public interface IReminderTable
{
    /// <summary>Called once, when the process has started.</summary>
    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>The reminders of one grain.</summary>
    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>
    /// The reminders of grains whose uniform hash is above <paramref name="begin"/> and not above <paramref name="end"/>; where begin
    /// is not below end the range wraps around, and equal bounds mean all.
    /// </summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    /// <summary>One reminder, null where there is none.</summary>
    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <summary>Stores a reminder, in place of one with the same grain and name, and returns its new tag.</summary>
    Task<string?> UpsertRow(ReminderEntry entry);

    /// <summary>Removes a reminder if its tag is still this; else false.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    /// <summary>Removes all, for tests.</summary>
    Task TestOnlyClearTable();

    /// <summary>Called once, when the process stops.</summary>
    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}
