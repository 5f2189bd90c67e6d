using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>A call on its way to a grain, with its result once it was invoked.</summary>
public interface IGrainCallContext
{
    /// <summary>Method and arguments.</summary>
    IInvokable Request { get; }

    /// <summary>The grain object.</summary>
    object Grain { get; }

    /// <summary>The calling grain, null for a call from outside.</summary>
    GrainId? SourceId { get; }

    /// <summary>The called grain.</summary>
    GrainId TargetId { get; }

    /// <summary>The called interface.</summary>
    GrainInterfaceType InterfaceType { get; }

    /// <summary>Full name of the called interface.</summary>
    string InterfaceName { get; }

    /// <summary>Name of the called method.</summary>
    string MethodName { get; }

    /// <summary>The called method of the interface.</summary>
    MethodInfo InterfaceMethod { get; }

    /// <summary>The result, null before the call and for methods without one. Setting it changes what the caller gets.</summary>
    object? Result { get; set; }

    /// <summary>Goes on to the next filter, after the last to the grain. Throws what the grain throws.</summary>
    Task Invoke();
}

/// <summary>A call at its grain.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    /// <summary>The activation that is called.</summary>
    IGrainContext TargetContext { get; }

    /// <summary>The method of the grain class.</summary>
    MethodInfo ImplementationMethod { get; }
}

/// <summary>Runs around every call of every grain when registered as a service, of one class when the grain implements it.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Awaits <see cref="IGrainCallContext.Invoke"/> to go on, inside the grain's turn.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}
