using Orleans.Runtime;

namespace Orleans.Local.Reminders;

/// <summary>What a grain holds of a reminder.</summary>
internal sealed record StoredReminder(string ReminderName, string ETag) : IGrainReminder
{
    public static StoredReminder Of(ReminderEntry entry) => new(entry.ReminderName, entry.ETag!);
}
