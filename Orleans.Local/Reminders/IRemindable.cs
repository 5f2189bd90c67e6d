using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain that can set reminders: timers that are stored and wake it up, also after a restart.</summary>
public interface IRemindable : IGrain
{
    /// <summary>A reminder is due. If it fails, the reminder ticks again a period later.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
