using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>The routes of tus 1.0.0.</summary>
internal static class TusApi
{
    public static IServiceCollection AddTus(this IServiceCollection services) => services.AddSingleton<TusWriters>().AddSingleton<TusBodies>().AddSingleton<TusIntake>().AddSingleton<TusDoor>();

    public static void MapTus(this IEndpointRouteBuilder routes)
    {
        var door = routes.ServiceProvider.GetRequiredService<TusDoor>();
        var tus = routes.MapGroup("/v1/tus").WithTags("Files (tus 1.0.0)");
        tus.MapMethods("", [HttpMethods.Options], TusDoor.DescribeAsync).AllowAnyone().Answers(StatusCodes.Status204NoContent)
            .WithName("describeTus").WithSummary("What this tus server takes.");
        tus.MapMethods("/{upload_id}", [HttpMethods.Options], TusDoor.DescribeAsync).AllowAnyone().Answers(StatusCodes.Status204NoContent)
            .WithName("describeTusUpload").WithSummary("The same.");
        tus.MapPost("", TusProtocol.Speak(door.CreateAsync)).Answers(StatusCodes.Status201Created)
            .WithName("createTusUpload").WithSummary("Opens an upload of `Upload-Length` bytes; `Upload-Metadata` holds `conversation_id`, `filename`, `filetype` and, if known, `checksum_sha256`.");
        tus.MapMethods("/{upload_id}", [HttpMethods.Head], TusProtocol.Speak(door.GetAsync)).Answers(StatusCodes.Status200OK)
            .WithName("getTusUpload").WithSummary("How far an upload is: `Upload-Offset`.");
        tus.MapPatch("/{upload_id}", TusProtocol.Speak(door.AppendAsync)).TakesBytes()
            .WithName("patchTusUpload").WithSummary("Continues an upload at `Upload-Offset`. What came before a cut counts; with `Upload-Checksum` the body counts as a whole or not at all.");
        tus.MapDelete("/{upload_id}", TusProtocol.Speak(door.DeleteAsync)).Answers(StatusCodes.Status204NoContent)
            .WithName("deleteTusUpload").WithSummary("Gives an upload up.");
        tus.MapPost("/{upload_id}", TusProtocol.Speak(door.OverrideAsync)).TakesBytes()
            .WithName("overrideTusUpload").WithSummary("PATCH or DELETE, as `X-HTTP-Method-Override` says.");
    }

    /// <summary>Takes a raw body up to a whole file, counted in bytes rather than as a request.</summary>
    private static IEndpointConventionBuilder TakesBytes(this IEndpointConventionBuilder builder) => builder
        .WithMetadata(new RequestShape(typeof(Stream), [TusProtocol.BodyType]))
        .LimitBody(FileRules.MaxFileSize)
        .WithoutRequestLimit()
        .Answers(StatusCodes.Status204NoContent);
}
