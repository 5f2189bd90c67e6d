namespace Orleans.Runtime;

/// <summary>The engine is set up wrongly; the message names what.</summary>
public sealed class OrleansConfigurationException : Exception
{
    /// <summary>Without details.</summary>
    public OrleansConfigurationException()
    {
    }

    /// <summary>With a message.</summary>
    public OrleansConfigurationException(string message) : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public OrleansConfigurationException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
