using Microsoft.AspNetCore.SignalR;

namespace Chat4All.Frontend.Operations.Docs;

/// <summary>Makes routes with plain request delegates visible to the documentation, which otherwise lists only handlers with typed parameters.</summary>
internal static class DocumentedRoutes
{
    /// <summary>The place to map routes under so that they are documented.</summary>
    public static RouteGroupBuilder MapDocumented(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(static endpoint =>
        {
            if (endpoint.RequestDelegate is { } handler && !endpoint.Metadata.Any(static m => m is System.Reflection.MethodInfo or HubMetadata))
            {
                endpoint.Metadata.Add(handler.Method);
            }
        });
        return group;
    }
}
