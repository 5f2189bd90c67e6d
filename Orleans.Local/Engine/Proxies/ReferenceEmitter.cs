using System.Reflection;
using System.Reflection.Emit;
using Orleans.Runtime;

namespace Orleans.Local.Proxies;

/// <summary>
/// Makes the reference class of a grain interface when it is first asked for: each method puts its arguments into a call object of its
/// own class (<see cref="CallEmitter"/>) and sends that.
/// </summary>
internal static class ReferenceEmitter
{
    private static readonly Type[] ConstructorParameters = [typeof(GrainBinding), typeof(IdSpan)];

    private static readonly ConstructorInfo BaseConstructor = typeof(GrainReference).GetConstructor(
        BindingFlags.Instance | BindingFlags.NonPublic, ConstructorParameters)!;

    private static readonly MethodInfo SendResult = FindSend(generic: true);
    private static readonly MethodInfo SendVoid = FindSend(generic: false);
    private static int _emitted;

    /// <summary>The methods to implement, in an order that is their numbering.</summary>
    public static MethodInfo[] MethodsOf(Type interfaceType) =>
    [
        .. interfaceType.GetInterfaces().Prepend(interfaceType)
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsAbstract),
    ];

    public static Func<GrainBinding, IdSpan, GrainReference> Emit(Type interfaceType, MethodInfo[] methods)
        => EmittedAssembly.Add(interfaceType, methods, module => Emit(module, interfaceType, methods));

    private static Func<GrainBinding, IdSpan, GrainReference> Emit(ModuleBuilder module, Type interfaceType, MethodInfo[] methods)
    {
        // Interfaces of two assemblies may have the same name.
        var name = $"Orleans.Local.References.{interfaceType.Name}.{Interlocked.Increment(ref _emitted)}";
        var type = module.DefineType(
            name, TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [interfaceType]);

        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, ConstructorParameters);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, BaseConstructor);
        il.Emit(OpCodes.Ret);

        for (var i = 0; i < methods.Length; i++)
        {
            var call = CallEmitter.Emit(module, $"{name}.{methods[i].Name}#{i}", methods[i]);
            EmitMethod(type, methods[i], i, call);
        }

        var created = type.CreateType().GetConstructor(ConstructorParameters)!;
        var factory = new DynamicMethod($"Create {interfaceType.Name}", typeof(GrainReference), ConstructorParameters, created.Module, skipVisibility: true);
        var body = factory.GetILGenerator();
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Ldarg_1);
        body.Emit(OpCodes.Newobj, created);
        body.Emit(OpCodes.Ret);
        return factory.CreateDelegate<Func<GrainBinding, IdSpan, GrainReference>>();
    }

    private static void EmitMethod(TypeBuilder type, MethodInfo method, int number, ConstructorInfo call)
    {
        var parameters = method.GetParameters();
        var builder = type.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. parameters.Select(parameter => parameter.ParameterType)]);
        var shape = CallShape.Of(method);

        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            EmitOwnReference(il, parameters[i].ParameterType);
        }

        il.Emit(OpCodes.Newobj, call);
        il.Emit(OpCodes.Ldc_I4, number);
        il.Emit(OpCodes.Call, shape.ResultType is { } result ? SendResult.MakeGenericMethod(result) : SendVoid);
        if (shape.IsValueTask)
        {
            il.Emit(OpCodes.Newobj, shape.FromTask);
        }
        else if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }

        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(builder, method);
    }

    /// <summary>A grain that passes itself passes a reference: other grains must not call it outside of its turn.</summary>
    private static void EmitOwnReference(ILGenerator il, Type parameter)
    {
        if (parameter.IsInterface && typeof(IAddressable).IsAssignableFrom(parameter))
        {
            il.Emit(OpCodes.Call, typeof(GrainArguments).GetMethod(nameof(GrainArguments.AsReference))!.MakeGenericMethod(parameter));
        }
    }

    private static MethodInfo FindSend(bool generic) => typeof(GrainReference)
        .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
        .Single(method => method.Name == nameof(GrainReference.Send) && method.IsGenericMethodDefinition == generic);
}
