namespace Orleans.Runtime;

/// <summary>A call was refused before it reached its grain, so it had no effect.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    /// <summary>Without details.</summary>
    public OrleansMessageRejectionException()
    {
    }

    /// <summary>With a message.</summary>
    public OrleansMessageRejectionException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public OrleansMessageRejectionException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
