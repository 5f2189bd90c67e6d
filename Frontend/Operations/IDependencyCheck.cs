namespace Chat4All.Frontend.Operations;

/// <summary>Something that the process needs to serve.</summary>
internal interface IDependencyCheck
{
    /// <summary>Its name in <c>/ready</c>.</summary>
    string Name { get; }

    /// <summary>Whether the process is not ready without it; otherwise it is only told.</summary>
    bool IsVital => true;

    /// <summary>Throws when it does not work. Given up after two seconds.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
