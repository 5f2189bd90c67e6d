using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A call as data: the method and its arguments.</summary>
[SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "The methods are part of the programming model.")]
public interface IInvokable
{
    /// <summary>The grain object, null before the call has started.</summary>
    object? GetTarget();

    /// <summary>Number of arguments.</summary>
    int GetArgumentCount();

    /// <summary>An argument by position.</summary>
    object? GetArgument(int index);

    /// <summary>Replaces an argument before the call is made.</summary>
    void SetArgument(int index, object? value);

    /// <summary>Name of the method.</summary>
    string GetMethodName();

    /// <summary>Full name of the interface.</summary>
    string GetInterfaceName();

    /// <summary>Interface and method, as in traces.</summary>
    string GetActivityName();

    /// <summary>The interface's method.</summary>
    MethodInfo GetMethod();

    /// <summary>The interface.</summary>
    Type GetInterfaceType();

    /// <summary>The method's own response timeout, null for the engine's.</summary>
    TimeSpan? GetDefaultResponseTimeout();

    /// <summary>The token among the arguments, default where there is none.</summary>
    CancellationToken GetCancellationToken();

    /// <summary>Whether a token is among the parameters.</summary>
    bool IsCancellable { get; }
}
