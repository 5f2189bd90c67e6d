using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.Compliance;

/// <summary>Its calls go through a registered filter and through itself.</summary>
public interface IFilteredGrain : IGrainWithStringKey
{
    /// <summary>Twice the number.</summary>
    Task<int> DoubleAsync(int number);

    /// <summary>Throws.</summary>
    Task FailAsync();

    /// <summary>Not let through.</summary>
    Task<string> ForbiddenAsync();
}

/// <summary>The registered filter: notes calls of <see cref="IFilteredGrain"/>, adds one to numbers, forbids a method.</summary>
public sealed class EngineCallFilter : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is not IFilteredGrain grain)
        {
            await context.Invoke();
            return;
        }

        var probe = EngineProbe.Of(grain.GetPrimaryKeyString());
        probe.Note($"filter: {context.MethodName}({(context.Request.GetArgumentCount() > 0 ? context.Request.GetArgument(0) : "")})");
        if (context.MethodName == nameof(IFilteredGrain.ForbiddenAsync))
        {
            throw new UnauthorizedAccessException("forbidden");
        }

        try
        {
            await context.Invoke();
        }
        catch (EngineParcelLostException)
        {
            probe.Note("filter: failed");
            throw;
        }

        if (context.Result is int number)
        {
            context.Result = number + 1;
        }
    }
}

internal sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    private EngineProbe Probe => EngineProbe.Of(this.GetPrimaryKeyString());

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        Probe.Note($"grain: {context.ImplementationMethod.Name} of {context.InterfaceMethod.DeclaringType!.Name}");
        await context.Invoke();
    }

    public async Task<int> DoubleAsync(int number)
    {
        await Task.Yield();
        return number * 2;
    }

    public Task FailAsync() => throw new EngineParcelLostException("failed behind the filter");

    public Task<string> ForbiddenAsync()
    {
        Probe.Note("reached");
        return Task.FromResult("never");
    }
}
