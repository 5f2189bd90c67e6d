using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Local.Proxies;

/// <summary>The assembly that the made classes live in. It may see the internals of whatever the interfaces mention.</summary>
internal static class EmittedAssembly
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Visible = [];
    private static readonly AssemblyBuilder Assembly = AssemblyBuilder.DefineDynamicAssembly(
        new AssemblyName("Orleans.Local.Emitted"), AssemblyBuilderAccess.Run);

    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Orleans.Local.Emitted");

    /// <summary>Lets one interface after the other add its classes.</summary>
    public static T Add<T>(Type interfaceType, IEnumerable<MethodInfo> methods, Func<ModuleBuilder, T> emit)
    {
        lock (Gate)
        {
            See(typeof(EmittedAssembly));
            See(interfaceType);
            foreach (var method in methods)
            {
                See(method.DeclaringType!);
                See(method.ReturnType);
                foreach (var parameter in method.GetParameters())
                {
                    See(parameter.ParameterType);
                }
            }

            return emit(Module);
        }
    }

    private static void See(Type type)
    {
        foreach (var argument in type.IsGenericType ? type.GetGenericArguments() : Type.EmptyTypes)
        {
            See(argument);
        }

        var name = type.Assembly.GetName().Name!;
        if (Visible.Add(name))
        {
            // The runtime honours this attribute by its name, as it does for System.Reflection.DispatchProxy.
            var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [name]));
        }
    }
}
