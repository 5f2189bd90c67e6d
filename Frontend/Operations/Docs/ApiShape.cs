namespace Chat4All.Frontend.Operations.Docs;

/// <summary>The body that a route reads, for the documentation only.</summary>
internal sealed record RequestShape(Type Type, string[] ContentTypes);

/// <summary>A body that a route answers; without a type it has none.</summary>
internal sealed record ResponseShape(int Status, Type? Type);

/// <summary>A parameter in the query string.</summary>
internal sealed record QueryShape(string Name, Type Type, string Description);

/// <summary>
/// Ways for routes to say what they read and answer. The framework's own (<c>Accepts</c>, <c>Produces</c>) would also steer routing and need handlers with
/// typed parameters.
/// </summary>
internal static class ApiShapeExtensions
{
    /// <summary>Reads a JSON body of this form.</summary>
    public static TBuilder Reads<TBuilder>(this TBuilder builder, Type type, params string[] alsoAs)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RequestShape(type, ["application/json", .. alsoAs]));

    /// <summary>Answers with this status and JSON of this form.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder builder, int status, Type? type = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ResponseShape(status, type));

    /// <summary>Takes a query parameter.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, string name, Type type, string description)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new QueryShape(name, type, description));

    /// <summary>Takes <c>limit</c>, <c>offset</c> and <c>cursor</c>.</summary>
    public static TBuilder TakesPage<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder
        .TakesQuery("limit", typeof(int), "How many, 1 to 100; 50 unless given.")
        .TakesQuery("offset", typeof(int), "How many to skip.")
        .TakesQuery("cursor", typeof(string), "The `next_cursor` of the page before.");
}
