using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;
using Chat4All.Silo.Files;
using Orleans;

namespace Chat4All.Frontend.Api.Files;

/// <summary>Uploads in chunks, and what becomes of them.</summary>
internal static class FilesApi
{
    public static IServiceCollection AddFiles(this IServiceCollection services) => services
        .AddSingleton<RunningHashes>()
        .AddSingleton<UploadRateLimiter>()
        .AddSingleton<ChunkIntake>()
        .AddSingleton<ChunkDoor>()
        .AddSingleton<FileDownload>()
        .AddFileLinks();

    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var chunks = routes.ServiceProvider.GetRequiredService<ChunkDoor>();
        var downloads = routes.ServiceProvider.GetRequiredService<FileDownload>();
        var files = routes.MapGroup("/v1/files").WithTags("Files");
        files.MapPost("/initiate", InitiateAsync).Reads(typeof(InitiateRequest)).Answers(StatusCodes.Status201Created, typeof(InitiatedUpload))
            .WithName("initiateUpload").WithSummary("Opens an upload: up to 2 GiB in chunks of 1 to 50 MiB.");
        files.MapPost("/{upload_id}/chunks", chunks.ReceiveAsync).TakesChunk().TakesQuery("chunk_number", typeof(int), "From 1 on, in any order.")
            .WithName("uploadChunk").WithSummary("Receives one chunk as the raw body. The same bytes again are fine.");
        files.MapPatch("/upload/{upload_id}/{chunk_number}", chunks.ReceiveAsync).TakesChunk()
            .WithName("patchChunk").WithSummary("The same by another address.");
        files.MapGet("/{upload_id}/status", GetStatusAsync).Answers(StatusCodes.Status200OK, typeof(UploadStatus))
            .WithName("getUploadStatus").WithSummary("How far an upload is; 404 `upload_expired` once its time is over.");
        files.MapPost("/{upload_id}/complete", CompleteAsync).Answers(StatusCodes.Status202Accepted, typeof(CompletedUpload))
            .WithName("completeUpload").WithSummary("Closes an upload; its chunks are then merged in the background.");
        files.MapDelete("/{upload_id}", AbandonAsync).Answers(StatusCodes.Status204NoContent)
            .WithName("abandonUpload").WithSummary("Gives up an upload that was not completed.");
        files.MapGet("/{file_id}", GetAsync).Answers(StatusCodes.Status200OK, typeof(FileAnswer))
            .WithName("getFile").WithSummary("A file, for members of its conversation.");
        files.MapMethods("/{file_id}/content", [HttpMethods.Get, HttpMethods.Head], downloads.ServeAsync).AcceptSignedLink()
            .TakesQuery("redirect", typeof(bool), "false: never redirect to the object store.")
            .Answers(StatusCodes.Status200OK).Answers(StatusCodes.Status206PartialContent).Answers(StatusCodes.Status302Found).Answers(StatusCodes.Status304NotModified)
            .WithName("downloadFile").WithSummary("The content: ranges, conditional requests, or a redirect to the object store.");
        routes.MapPost("/v1/admin/files/collect", CollectAsync).RequireScope(ScopeNames.Admin).WithTags("Files")
            .Answers(StatusCodes.Status200OK, typeof(CollectionAnswer))
            .WithName("collectFiles").WithSummary("Collects now what expired or is referred to by nothing.");
    }

    /// <summary>Takes a raw body up to the largest chunk, counted in bytes rather than as a request.</summary>
    private static IEndpointConventionBuilder TakesChunk(this IEndpointConventionBuilder builder) => builder
        .WithMetadata(new RequestShape(typeof(Stream), ["application/octet-stream"]))
        .LimitBody(FileRules.MaxChunkSize)
        .WithoutRequestLimit()
        .TakesQuery("checksum_sha256", typeof(string), "Of this body, in hex; refused when it is not.")
        .Answers(StatusCodes.Status200OK, typeof(ReceivedChunk));

    private static async Task InitiateAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, FilesJson.Default.InitiateRequest);
        var command = FileRules.Check(request, context.Caller().UserId);
        var id = Ids.New(Service<TimeProvider>(context));
        var upload = await Service<IGrainFactory>(context).GetGrain<IUploadSessionGrain>(id).Initiate(command, context.RequestAborted);
        context.Response.Headers.Location = $"/v1/files/{id}/status";
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, InitiatedUpload.Of(upload), FilesJson.Default.InitiatedUpload);
    }

    private static async Task GetStatusAsync(HttpContext context)
    {
        var upload = await Upload(context, "upload_id").Get(context.Caller().UserId, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, UploadStatus.Of(upload), FilesJson.Default.UploadStatus);
    }

    private static async Task CompleteAsync(HttpContext context)
    {
        var caller = context.Caller().UserId;
        var grain = Upload(context, "upload_id");
        var upload = await grain.Get(caller, context.RequestAborted);
        var hash = Service<RunningHashes>(context).Finish(upload.UploadId, upload.FileSize);
        try
        {
            upload = await grain.Complete(caller, hash, context.RequestAborted);
        }
        catch (ChatException incomplete) when (incomplete.Error.Code == ErrorCodes.IncompleteUpload)
        {
            upload = await grain.Get(caller, context.RequestAborted);
            await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, incomplete.Error.Code, incomplete.Error.Detail, missingChunks: upload.MissingChunks);
            return;
        }

        var answer = CompletedUpload.Of(upload, Service<TimeProvider>(context).GetUtcNow());
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, answer, FilesJson.Default.CompletedUpload);
    }

    private static async Task AbandonAsync(HttpContext context)
    {
        await Upload(context, "upload_id").Abandon(context.Caller().UserId, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetAsync(HttpContext context)
    {
        var file = await Upload(context, "file_id").GetFile(context.Caller().UserId, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, FileAnswer.Of(file), FilesJson.Default.FileAnswer);
    }

    private static async Task CollectAsync(HttpContext context)
    {
        var (uploads, freed) = await Service<FileCollector>(context).CollectAsync(context.Caller().UserId, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new CollectionAnswer(uploads, freed.Objects, freed.Bytes), FilesJson.Default.CollectionAnswer);
    }

    private static IUploadSessionGrain Upload(HttpContext context, string parameter) =>
        ChunkDoor.Upload(Service<IGrainFactory>(context), (string)context.Request.RouteValues[parameter]!);

    private static T Service<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
