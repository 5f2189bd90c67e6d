using System.Text.Json;
using System.Text.Json.Serialization;
using Chat4All.Frontend.Auth;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.OpenApi;

namespace Chat4All.Frontend.Operations.Docs;

/// <summary><c>/openapi/v1.json</c> and the page at <c>/docs</c> that shows it, all files from this process.</summary>
internal static class OpenApiSetup
{
    /// <summary>The name of the security scheme.</summary>
    public const string BearerScheme = "bearer";

    private const string Route = "/openapi/{documentName}.json";

    public static IServiceCollection AddApiDocs(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(static json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        return services.AddOpenApi("v1", static options =>
        {
            options.AddDocumentTransformer(static (document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer<OperationDocs>();
        });
    }

    public static void MapApiDocs(this IEndpointRouteBuilder routes) => routes.MapOpenApi(Route).AllowAnyone().ExcludeFromDescription();

    /// <summary>The page. Behind routing and only for its own path, so that no request of the API passes through it.</summary>
    public static void UseApiDocsPage(this IApplicationBuilder app) => app.MapWhen(
        static context => context.GetEndpoint() is null && context.Request.Path.StartsWithSegments("/docs"),
        static page => page.UseSwaggerUI(static ui =>
        {
            ui.RoutePrefix = "docs";
            ui.DocumentTitle = "Chat4All API";
            ui.SwaggerEndpoint("/openapi/v1.json", "Chat4All");
        }));

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Chat4All",
            Version = ServiceIdentity.Version,
            Description = "One API for chat in the app and on WhatsApp, Instagram, Messenger and Telegram. Get a token at `/auth/token`.",
        };
        document.Servers = [];
        document.AddComponent(BearerScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" });
    }
}
