using System.Reflection;
using Chat4All.Grains.Abstractions;
using Orleans;

namespace Chat4All.Tests.Grains.Abstractions;

/// <summary>
/// What crosses a grain call must be serializable in a cluster. The in-process engine passes references and would never notice; Orleans refuses the
/// whole interface at its first use, or loses a member without its <see cref="IdAttribute"/>.
/// </summary>
public class VocabularyTests
{
    private static readonly Assembly Vocabulary = typeof(IConversationGrain).Assembly;

    public static TheoryData<string> CrossingTypes => [.. Crossing().Select(type => type.FullName!)];

    [Fact]
    public void Some_types_cross_grain_calls() => Assert.Contains(typeof(SendMessage), Crossing());

    [Theory]
    [MemberData(nameof(CrossingTypes))]
    public void A_type_that_crosses_a_grain_call_can_be_serialized(string typeName)
    {
        var type = Vocabulary.GetType(typeName, throwOnError: true)!;

        Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false), $"{typeName} lacks [GenerateSerializer].");
        Assert.True(type.IsDefined(typeof(AliasAttribute), inherit: false), $"{typeName} lacks the [Alias] that outlives renaming.");
        Assert.All(StoredMembers(type), member => Assert.True(member.IsDefined(typeof(IdAttribute)), $"{typeName}.{member.Name} lacks its [Id]."));
        Assert.Distinct(StoredMembers(type).Select(member => (uint)member.GetCustomAttributesData()
            .Single(data => data.AttributeType == typeof(IdAttribute)).ConstructorArguments[0].Value!));
    }

    [Fact]
    public void Every_grain_method_has_an_alias()
    {
        var methods = GrainInterfaces().SelectMany(type => type.GetMethods());

        Assert.All(methods, method => Assert.True(method.IsDefined(typeof(AliasAttribute)), $"{method.DeclaringType!.Name}.{method.Name} lacks its [Alias]."));
    }

    private static IEnumerable<Type> GrainInterfaces() =>
        Vocabulary.GetExportedTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)));

    /// <summary>Own types in the signatures of the grain interfaces, the types of their members, and the exceptions.</summary>
    private static HashSet<Type> Crossing()
    {
        var found = new HashSet<Type>();
        var waiting = new Stack<Type>(GrainInterfaces()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .Concat(Vocabulary.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Exception)))));
        while (waiting.TryPop(out var type))
        {
            if (type.HasElementType)
            {
                waiting.Push(type.GetElementType()!);
            }

            foreach (var argument in type.GetGenericArguments())
            {
                waiting.Push(argument);
            }

            if (type.Assembly == Vocabulary && !type.IsEnum && !type.IsInterface && !type.HasElementType && found.Add(type))
            {
                foreach (var member in StoredMembers(type))
                {
                    waiting.Push(member.PropertyType);
                }
            }
        }

        return found;
    }

    /// <summary>Properties with a field behind them; computed ones are not part of the form.</summary>
    private static IEnumerable<PropertyInfo> StoredMembers(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(property => type.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null);
}
