using Orleans.Local;

namespace Orleans.Runtime;

/// <summary>The activation whose turn runs on this thread. Code that left its grain (Task.Run, ConfigureAwait(false)) sees none.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Activation? _current;

    public static Activation? Current
    {
        get => _current;
        set => _current = value;
    }
}
