using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.Local;

/// <summary>A method of a grain interface.</summary>
internal sealed class GrainMethod
{
    public GrainMethod(Type interfaceType, MethodInfo method)
    {
        InterfaceType = interfaceType;
        Method = method;
        Name = $"{interfaceType.Name}.{method.Name}";
        Options = TurnOptions.KeepsAlive
            | Flag<AlwaysInterleaveAttribute>(TurnOptions.AlwaysInterleave)
            | Flag<ReadOnlyAttribute>(TurnOptions.ReadOnly)
            | Flag<OneWayAttribute>(TurnOptions.OneWay)
            | (method.ReturnType == typeof(void) ? TurnOptions.OneWay : TurnOptions.None);
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;

        TurnOptions Flag<TAttribute>(TurnOptions option) where TAttribute : Attribute
            => method.IsDefined(typeof(TAttribute), inherit: true) ? option : TurnOptions.None;
    }

    /// <summary>The interface that was called; the method may come from one that it extends.</summary>
    public Type InterfaceType { get; }

    public MethodInfo Method { get; }

    /// <summary>Interface and method, for people.</summary>
    public string Name { get; }

    public TurnOptions Options { get; }

    public TimeSpan? ResponseTimeout { get; }

    public GrainInterfaceType GrainInterfaceType => GrainInterfaceType.Create(InterfaceType.FullName!);
}
