using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/admin/dead-letters</c>: what workers gave up on, for administrators.</summary>
internal static class DeadLettersApi
{
    private static readonly DeliveriesJson Json = DeliveriesJson.Default;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/admin/dead-letters").WithTags("Operations").RequireScope(ScopeNames.Admin);
        group.MapGet("", (RequestDelegate)ListAsync).TakesPage().Answers(StatusCodes.Status200OK, typeof(DeadLetterList))
            .WithName("listDeadLetters").WithSummary("Events that workers gave up on and that wait, newest first.");
        group.MapPost("/{dead_letter_id}/replay", (RequestDelegate)ReplayAsync).Answers(StatusCodes.Status202Accepted, typeof(DeadLetterAnswer))
            .WithName("replayDeadLetter").WithSummary("Has the event handled again; once, however often it is asked.");
        group.MapDelete("/{dead_letter_id}", (RequestDelegate)DeleteAsync).Answers(StatusCodes.Status204NoContent)
            .WithName("deleteDeadLetter").WithSummary("Forgets an event for good.");
    }

    private static async Task ListAsync(HttpContext context)
    {
        var page = Page.Read(context.Request);
        var errors = new FieldErrors();
        var before = Paging.ParsePosition(page.Cursor, errors);
        errors.ThrowIfAny();
        var letters = await Store(context).ListAsync(
            before is { } position ? new DeadLetterPosition(position.LastActivityAt, position.ConversationId) : null, page.Offset, page.Limit, context.RequestAborted);
        var next = letters.Count < page.Limit ? null : Paging.Encode(new ListPosition(letters[^1].CreatedAt, letters[^1].Id));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new DeadLetterList([.. letters.Select(DeadLetterAnswer.Of)], next), Json.DeadLetterList);
    }

    private static async Task ReplayAsync(HttpContext context)
    {
        var letter = await FindAsync(context);
        await context.RequestServices.GetRequiredService<IDeadLetterReplay>().ReplayAsync(letter, Entry(context, "dead_letter.replayed", letter), context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, DeadLetterAnswer.Of(await FindAsync(context)), Json.DeadLetterAnswer);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        var letter = await FindAsync(context);
        if (!await Store(context).DeleteAsync(letter.Id, Entry(context, "dead_letter.deleted", letter), context.RequestAborted))
        {
            throw NoSuchLetter();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<DeadLetter> FindAsync(HttpContext context) =>
        context.GetRouteValue("dead_letter_id") is string id && Ids.IsValid(id) && await Store(context).FindAsync(id, context.RequestAborted) is { } letter
            ? letter
            : throw NoSuchLetter();

    private static IDeadLetterStore Store(HttpContext context) => context.RequestServices.GetRequiredService<IDeadLetterStore>();

    private static AuditEntry Entry(HttpContext context, string action, DeadLetter letter)
    {
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        return new AuditEntry(Ids.New(time), context.Caller().UserId, action, letter.Id, $"{letter.Group} {letter.Topic} {letter.EventId}", time.GetUtcNow());
    }

    private static ChatException NoSuchLetter() => ChatException.NotFound(ErrorCodes.DeadLetterNotFound, "There is no such dead letter.");
}
