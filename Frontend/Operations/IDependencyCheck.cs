namespace Chat4All.Frontend.Operations;

/// <summary>Something without which the process cannot serve.</summary>
internal interface IDependencyCheck
{
    /// <summary>Its name in <c>/ready</c>.</summary>
    string Name { get; }

    /// <summary>Throws when it does not work. Given up after two seconds.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
