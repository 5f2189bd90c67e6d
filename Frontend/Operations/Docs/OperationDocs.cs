using System.Globalization;
using Chat4All.Frontend.Api;
using Chat4All.Frontend.Auth;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Chat4All.Frontend.Operations.Docs;

/// <summary>Fills in what a route's metadata says: parameters, bodies, errors, and whether it needs a token.</summary>
internal sealed class OperationDocs : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        await AddParametersAsync(operation, metadata, context, cancellationToken);
        if (metadata.OfType<RequestShape>().LastOrDefault() is { } request)
        {
            var schema = await context.GetOrCreateSchemaAsync(request.Type, null, cancellationToken);
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Content(schema, request.ContentTypes) };
        }

        await AddResponsesAsync(operation, metadata, context, cancellationToken);
        if (metadata.OfType<EndpointAccess>().LastOrDefault() is not { Anonymous: true })
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(OpenApiSetup.BearerScheme, context.Document)] = [] }];
        }
    }

    private static async Task AddParametersAsync(
        OpenApiOperation operation, IList<object> metadata, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.Parameters ??= [];
        foreach (var part in RoutePatternFactory.Parse(context.Description.RelativePath ?? "").Parameters)
        {
            if (operation.Parameters.All(known => known.Name != part.Name))
            {
                var schema = await context.GetOrCreateSchemaAsync(typeof(string), null, cancellationToken);
                operation.Parameters.Add(new OpenApiParameter { Name = part.Name, In = ParameterLocation.Path, Required = true, Schema = schema });
            }
        }

        foreach (var query in metadata.OfType<QueryShape>())
        {
            var schema = await context.GetOrCreateSchemaAsync(query.Type, null, cancellationToken);
            operation.Parameters.Add(new OpenApiParameter { Name = query.Name, In = ParameterLocation.Query, Description = query.Description, Schema = schema });
        }
    }

    private static async Task AddResponsesAsync(
        OpenApiOperation operation, IList<object> metadata, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var shapes = metadata.OfType<ResponseShape>().ToArray();
        var responses = operation.Responses ??= [];
        if (shapes.Length > 0)
        {
            // Without typed handlers the framework can only guess 200.
            responses.Clear();
        }

        foreach (var shape in shapes)
        {
            var answer = new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(shape.Status) };
            if (shape.Type is { } type)
            {
                answer.Content = Content(await context.GetOrCreateSchemaAsync(type, null, cancellationToken), ["application/json"]);
            }

            responses[shape.Status.ToString(CultureInfo.InvariantCulture)] = answer;
        }

        var (errorType, contentType) = metadata.OfType<OAuthErrorsMetadata>().Any() ? (typeof(OAuthProblem), "application/json") : (typeof(Problem), "application/problem+json");
        var error = await context.GetOrCreateSchemaAsync(errorType, null, cancellationToken);
        responses["default"] = new OpenApiResponse { Description = "What went wrong", Content = Content(error, [contentType]) };
    }

    private static Dictionary<string, OpenApiMediaType> Content(IOpenApiSchema schema, string[] types) =>
        types.ToDictionary(static type => type, _ => new OpenApiMediaType { Schema = schema });
}
