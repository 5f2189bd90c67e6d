using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Local.Proxies;

/// <summary>Makes the call class of one method: a field an argument, and the call of the grain with them.</summary>
internal static class CallEmitter
{
    private const MethodAttributes Override = MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig;

    public static ConstructorInfo Emit(ModuleBuilder module, string name, MethodInfo method)
    {
        var shape = CallShape.Of(method);
        var parameters = method.GetParameters();
        var type = module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, shape.CallType);
        FieldBuilder[] fields =
        [
            .. parameters.Select((parameter, i) => type.DefineField($"_{i}", parameter.ParameterType, FieldAttributes.Private)),
        ];

        EmitConstructor(type, shape, fields);
        EmitCall(type, shape, method, fields);
        EmitArguments(type, shape, fields);
        EmitToken(type, fields);
        return type.CreateType().GetConstructors().Single();
    }

    private static void EmitConstructor(TypeBuilder type, CallShape shape, FieldBuilder[] fields)
    {
        var il = type.DefineConstructor(
            MethodAttributes.Public, CallingConventions.Standard, [.. fields.Select(field => field.FieldType)]).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, shape.CallType.GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes)!);
        for (var i = 0; i < fields.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
            il.Emit(OpCodes.Stfld, fields[i]);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitCall(TypeBuilder type, CallShape shape, MethodInfo method, FieldBuilder[] fields)
    {
        var overridden = shape.CallType.GetMethod(nameof(VoidCall.Call))!;
        var il = type.DefineMethod(overridden.Name, Override, shape.ValueTaskType, [typeof(object)]).GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        if (method.ReturnType == typeof(void))
        {
            var nothing = il.DeclareLocal(typeof(ValueTask));
            il.Emit(OpCodes.Ldloca, nothing);
            il.Emit(OpCodes.Initobj, typeof(ValueTask));
            il.Emit(OpCodes.Ldloc, nothing);
        }
        else if (!shape.IsValueTask)
        {
            il.Emit(OpCodes.Newobj, shape.FromTask);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitArguments(TypeBuilder type, CallShape shape, FieldBuilder[] fields)
    {
        if (fields.Length == 0)
        {
            return;
        }

        var count = Define(nameof(GrainCall.GetArgumentCount), typeof(int));
        count.Emit(OpCodes.Ldc_I4, fields.Length);
        count.Emit(OpCodes.Ret);

        var get = Define(nameof(GrainCall.GetArgument), typeof(object), typeof(int));
        EmitSwitch(get, shape, nameof(GrainCall.GetArgument), fields, field =>
        {
            get.Emit(OpCodes.Ldarg_0);
            get.Emit(OpCodes.Ldfld, field);
            get.Emit(OpCodes.Box, field.FieldType);
        });

        var set = Define(nameof(GrainCall.SetArgument), typeof(void), typeof(int), typeof(object));
        EmitSwitch(set, shape, nameof(GrainCall.SetArgument), fields, field =>
        {
            set.Emit(OpCodes.Ldarg_0);
            set.Emit(OpCodes.Ldarg_2);
            set.Emit(OpCodes.Unbox_Any, field.FieldType);
            set.Emit(OpCodes.Stfld, field);
        });

        ILGenerator Define(string name, Type result, params Type[] parameters)
            => type.DefineMethod(name, Override, result, parameters).GetILGenerator();
    }

    /// <summary>One case a field; any other index is left to the base method, which refuses it.</summary>
    private static void EmitSwitch(ILGenerator il, CallShape shape, string baseMethod, FieldBuilder[] fields, Action<FieldBuilder> emitCase)
    {
        Label[] cases = [.. fields.Select(_ => il.DefineLabel())];
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Switch, cases);
        var method = shape.CallType.GetMethod(baseMethod)!;
        for (var i = 0; i <= method.GetParameters().Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Call, method);
        il.Emit(OpCodes.Ret);
        for (var i = 0; i < fields.Length; i++)
        {
            il.MarkLabel(cases[i]);
            emitCase(fields[i]);
            il.Emit(OpCodes.Ret);
        }
    }

    private static void EmitToken(TypeBuilder type, FieldBuilder[] fields)
    {
        if (Array.Find(fields, field => field.FieldType == typeof(CancellationToken)) is not { } token)
        {
            return;
        }

        var get = type.DefineMethod(nameof(GrainCall.GetToken), Override, typeof(CancellationToken), Type.EmptyTypes).GetILGenerator();
        get.Emit(OpCodes.Ldarg_0);
        get.Emit(OpCodes.Ldfld, token);
        get.Emit(OpCodes.Ret);

        var set = type.DefineMethod(nameof(GrainCall.SetToken), Override, typeof(void), [typeof(CancellationToken)]).GetILGenerator();
        set.Emit(OpCodes.Ldarg_0);
        set.Emit(OpCodes.Ldarg_1);
        set.Emit(OpCodes.Stfld, token);
        set.Emit(OpCodes.Ret);
    }
}
