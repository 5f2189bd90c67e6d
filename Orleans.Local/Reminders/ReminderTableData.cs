namespace Orleans;

/// <summary>Reminders read from a table.</summary>
[GenerateSerializer]
public sealed class ReminderTableData
{
    /// <summary>None.</summary>
    public ReminderTableData()
    {
        Reminders = [];
    }

    /// <summary>One.</summary>
    public ReminderTableData(ReminderEntry entry)
    {
        Reminders = [entry];
    }

    /// <summary>Several.</summary>
    public ReminderTableData(IEnumerable<ReminderEntry> list)
    {
        Reminders = [.. list];
    }

    /// <summary>The reminders, in no order.</summary>
    [Id(0)]
    public IList<ReminderEntry> Reminders { get; private set; }
}
