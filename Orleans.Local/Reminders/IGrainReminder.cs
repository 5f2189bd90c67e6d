namespace Orleans.Runtime;

/// <summary>A stored reminder of a grain.</summary>
public interface IGrainReminder
{
    /// <summary>Unique within the grain.</summary>
    string ReminderName { get; }
}
