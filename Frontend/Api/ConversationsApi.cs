using System.Text.Json;
using System.Text.Json.Serialization;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Frontend.Api;

/// <summary>Conversations, their members and read cursors.</summary>
internal static class ConversationsApi
{
    /// <summary>JSON of these routes, and strict binding: what does not bind is the client's error, told in one place.</summary>
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(static json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.Encoder = EventJson.WriterOptions.Encoder;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConversationJson.Default);
        });
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        return services;
    }

    public static void MapConversations(this IEndpointRouteBuilder app)
    {
        var conversations = app.MapGroup("/v1/conversations").WithTags("Conversations");
        conversations.MapPost("", CreateAsync)
            .WithName("CreateConversation").WithSummary("Makes a private or group conversation; the same private pair again answers the existing one.")
            .Accepts<ConversationRequest>("application/json")
            .Produces<ConversationAnswer>(StatusCodes.Status201Created).Produces<ConversationAnswer>();
        conversations.MapGet("", ListAsync).TakesPage()
            .WithName("ListConversations").WithSummary("The caller's conversations, newest activity first.");
        conversations.MapGet("/{conversationId}", GetAsync)
            .WithName("GetConversation").WithSummary("One conversation, for its members.");
        conversations.MapPatch("/{conversationId}", PatchAsync)
            .WithName("PatchConversation").WithSummary("Merges metadata (RFC 7396); owners only.")
            .Accepts<ConversationPatch>("application/json");
        conversations.MapPost("/{conversationId}/members", AddMembersAsync)
            .WithName("AddMembers").WithSummary("Adds members to a group; owners only.")
            .Accepts<MembersRequest>("application/json");
        conversations.MapDelete("/{conversationId}/members/{userId}", RemoveMemberAsync)
            .WithName("RemoveMember").WithSummary("Removes a member from a group: owners anyone, everybody themselves.");
        conversations.MapGet("/{conversationId}/messages", ConversationMessages.ListAsync).TakesPage()
            .TakesQuery("after_seq", typeof(long), "Messages behind this seq.").TakesQuery("before_seq", typeof(long), "Messages below this seq.")
            .WithName("ListMessages").WithSummary("Messages ascending by seq: from after_seq, below before_seq, or the newest page.");
        conversations.MapPost("/{conversationId}/read", MarkReadAsync)
            .WithName("MarkRead").WithSummary("Moves the caller's read cursor forward; never back.")
            .Accepts<ReadRequest>(isOptional: true, "application/json");
    }

    private static async Task<IResult> CreateAsync(HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadAsync(context, ConversationJson.Default.ConversationRequest);
        var command = ConversationRules.Check(request, context.Caller().UserId);
        var id = request.ConversationId ?? Ids.New(TimeProvider.System);
        var (conversation, created) = await grains.GetGrain<IConversationGrain>(id).Create(command, cancellationToken);
        var answer = ConversationAnswer.From(conversation);
        return created ? TypedResults.Created($"/v1/conversations/{answer.ConversationId}", answer) : TypedResults.Ok(answer);
    }

    private static async Task<ConversationList> ListAsync(HttpContext context, IConversationReader reader, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var (take, skip, cursor) = Page.Read(context.Request, errors);
        var before = Paging.ParsePosition(cursor, errors);
        errors.ThrowIfAny();
        var rows = await reader.ListAsync(context.Caller().UserId, before, skip, take, cancellationToken);
        var next = rows.Count < take ? null : Paging.Encode(new ListPosition(rows[^1].Conversation.LastActivityAt, rows[^1].Conversation.ConversationId));
        return new ConversationList([.. rows.Select(ConversationListItem.From)], next);
    }

    private static async Task<ConversationAnswer> GetAsync(string conversationId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        ConversationAnswer.From(await Grain(grains, conversationId).Get(context.Caller().UserId, cancellationToken));

    private static async Task<ConversationAnswer> PatchAsync(
        string conversationId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var patch = await JsonBody.ReadAsync(context, ConversationJson.Default.ConversationPatch);
        var errors = new FieldErrors();
        var metadata = ConversationRules.Metadata(patch.Metadata, errors);
        errors.ThrowIfAny();
        return ConversationAnswer.From(await Grain(grains, conversationId).PatchMetadata(context.Caller().UserId, metadata, cancellationToken));
    }

    private static async Task<ConversationAnswer> AddMembersAsync(
        string conversationId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var members = ConversationRules.NewMembers(await JsonBody.ReadAsync(context, ConversationJson.Default.MembersRequest));
        return ConversationAnswer.From(await Grain(grains, conversationId).AddMembers(context.Caller().UserId, members, cancellationToken));
    }

    private static async Task<IResult> RemoveMemberAsync(
        string conversationId, string userId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        ConversationRules.RequireId(userId, "user_id");
        await Grain(grains, conversationId).RemoveMember(context.Caller().UserId, userId, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<ReadAnswer> MarkReadAsync(
        string conversationId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var request = await JsonBody.ReadOptionalAsync(context, ConversationJson.Default.ReadRequest, new ReadRequest());
        new FieldErrors().Check(request.UpToSeq is null or >= 0, "up_to_seq", "must be 0 or more").ThrowIfAny();
        var caller = context.Caller();
        var cursor = await Grain(grains, conversationId).MarkRead(caller.UserId, caller.Name, request.UpToSeq, cancellationToken);
        return new ReadAnswer(conversationId, cursor.LastReadSeq, cursor.ReadAt.UtcDateTime);
    }

    private static IConversationGrain Grain(IGrainFactory grains, string conversationId)
    {
        ConversationRules.RequireId(conversationId, "conversation_id");
        return grains.GetGrain<IConversationGrain>(conversationId);
    }
}
