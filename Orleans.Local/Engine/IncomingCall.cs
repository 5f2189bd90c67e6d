using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Local;

/// <summary>A call on its way through the filters: the registered ones in order, then the grain if it is one.</summary>
internal sealed class IncomingCall(GrainCall call, Activation activation, Func<object, Task<object?>> callGrain) : IIncomingGrainCallContext
{
    private int _next;

    public IInvokable Request => call;

    public object Grain => activation.GrainInstance!;

    public GrainId? SourceId => call.Source?.GrainId;

    public GrainId TargetId => activation.GrainId;

    public GrainInterfaceType InterfaceType => call.Method.GrainInterfaceType;

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.Method.Method;

    public MethodInfo ImplementationMethod => activation.Class.GetImplementation(call.Method.Method);

    public IGrainContext TargetContext => activation;

    public object? Result { get; set; }

    public Task Invoke()
    {
        var filters = activation.Engine.Filters;
        var position = _next++;
        if (position < filters.Length)
        {
            return filters[position].Invoke(this);
        }

        return position == filters.Length && Grain is IIncomingGrainCallFilter own ? own.Invoke(this) : CallGrainAsync();
    }

    private async Task CallGrainAsync() => Result = await callGrain(Grain);
}
