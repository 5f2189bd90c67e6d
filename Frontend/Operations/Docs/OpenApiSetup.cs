using Microsoft.OpenApi;

namespace Chat4All.Frontend.Operations.Docs;

/// <summary><c>/openapi/v1.json</c> and the page at <c>/docs</c> that shows it, all files from this process.</summary>
internal static class OpenApiSetup
{
    public static IServiceCollection AddApiDocs(this IServiceCollection services) =>
        services.AddOpenApi("v1", static options =>
        {
            options.AddDocumentTransformer(static (document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "Chat4All", Version = ServiceIdentity.Version, Description = "One API for chat in the app and on WhatsApp, Instagram, Messenger and Telegram." };
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
}
