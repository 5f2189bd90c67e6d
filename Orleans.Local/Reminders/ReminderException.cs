namespace Orleans.Runtime;

/// <summary>A reminder could not be stored or removed, because it was changed meanwhile.</summary>
public sealed class ReminderException : OrleansException
{
    /// <summary>Without details.</summary>
    public ReminderException()
    {
    }

    /// <summary>With a message.</summary>
    public ReminderException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public ReminderException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
