using Chat4All.Frontend.Operations;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Operations;

/// <summary>A dependency that behaves as a test wants it to.</summary>
internal sealed class TestDependency(string name, Func<CancellationToken, Task> check) : IDependencyCheck
{
    public string Name => name;

    public Task CheckAsync(CancellationToken cancellationToken) => check(cancellationToken);
}

internal static class TestDependencies
{
    public static IServiceCollection AddDependency(this IServiceCollection services, string name, Func<CancellationToken, Task> check) =>
        services.AddSingleton<IDependencyCheck>(new TestDependency(name, check));
}
