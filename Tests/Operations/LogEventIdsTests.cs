using System.Reflection;
using Chat4All.Frontend.Hosting;
using Microsoft.Extensions.Logging;

namespace Chat4All.Tests.Operations;

public sealed class LogEventIdsTests
{
    /// <summary>Whoever alerts on an id must not get another line with it.</summary>
    [Fact]
    public void Each_line_of_the_log_has_an_id_of_its_own()
    {
        var lines = Product(typeof(ChatHost).Assembly, [])
            .SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(static method => (Name: $"{method.DeclaringType!.Name}.{method.Name}", Id: method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(static line => line.Id is not null)
            .ToList();

        Assert.All(["Worker.LogDied", "OutboxSweeper.LogStoreAway", "EmbeddedConsumer.LogNotStored", "ChannelWebhooks.LogRefused"], name => Assert.Contains(name, lines.Select(static line => line.Name)));
        Assert.Empty(lines.GroupBy(static line => line.Id, static line => line.Name).Where(static line => line.Count() > 1).Select(static line => $"{line.Key}: {string.Join(", ", line)}"));
    }

    private static HashSet<Assembly> Product(Assembly assembly, HashSet<Assembly> found)
    {
        if (found.Add(assembly))
        {
            foreach (var name in assembly.GetReferencedAssemblies().Where(static name => name.Name!.StartsWith("Chat4All.", StringComparison.Ordinal) || name.Name == "Orleans.Local"))
            {
                Product(Assembly.Load(name), found);
            }
        }

        return found;
    }
}
