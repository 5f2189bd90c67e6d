namespace Orleans.Local;

internal enum EngineState
{
    Running,

    /// <summary>Activations end.</summary>
    Stopping,

    /// <summary>No call is taken.</summary>
    Stopped,
}
