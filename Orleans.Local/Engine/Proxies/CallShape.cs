using System.Reflection;

namespace Orleans.Local.Proxies;

/// <summary>What a grain method returns.</summary>
internal sealed record CallShape(Type? ResultType, bool IsValueTask)
{
    /// <summary>The value task that the grain's answer is awaited as.</summary>
    public Type ValueTaskType => ResultType is null ? typeof(ValueTask) : typeof(ValueTask<>).MakeGenericType(ResultType);

    /// <summary>Makes one of a task.</summary>
    public ConstructorInfo FromTask => ValueTaskType.GetConstructor(
        [ResultType is null ? typeof(Task) : typeof(Task<>).MakeGenericType(ResultType)])!;

    public Type CallType => ResultType is null ? typeof(VoidCall) : typeof(ResultCall<>).MakeGenericType(ResultType);

    public static CallShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (method.IsGenericMethodDefinition || method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"{Name(method)}: generic methods and by-reference parameters are not supported.");
        }

        if (type == typeof(Task) || type == typeof(ValueTask) || type == typeof(void))
        {
            return new CallShape(null, type == typeof(ValueTask));
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
        {
            return new CallShape(type.GetGenericArguments()[0], definition == typeof(ValueTask<>));
        }

        throw new NotSupportedException($"{Name(method)}: grain methods return Task, ValueTask, their generic forms, or void.");
    }

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.FullName}.{method.Name}";
}
