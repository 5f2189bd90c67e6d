using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/users/{id}/channels/{channel}</c>: under which address a user is reached. Everyone's own, administrators anyone's.</summary>
internal static class ChannelAddressesApi
{
    private const Channels Outside = Channels.WhatsApp | Channels.Instagram | Channels.Messenger | Channels.Telegram;
    private const int MaxAddress = 128;

    private static readonly DeliveriesJson Json = DeliveriesJson.Default;

    public static void MapChannelAddresses(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/users/{user_id}/channels/{channel}").WithTags("Users");
        group.MapPut("", (RequestDelegate)LinkAsync).Reads(typeof(ChannelAddressRequest)).Answers(StatusCodes.Status200OK, typeof(ChannelAddressAnswer))
            .WithName("linkChannel").WithSummary("Links a user to an address on a channel, in place of the one before.");
        group.MapGet("", (RequestDelegate)GetAsync).Answers(StatusCodes.Status200OK, typeof(ChannelAddressAnswer))
            .WithName("getChannel").WithSummary("A user's address on a channel.");
        group.MapDelete("", (RequestDelegate)UnlinkAsync).Answers(StatusCodes.Status204NoContent)
            .WithName("unlinkChannel").WithSummary("Takes a user's address away.");
    }

    private static async Task LinkAsync(HttpContext context)
    {
        var (userId, channel) = Target(context);
        var request = await JsonBody.ReadAsync(context, Json.ChannelAddressRequest);
        new FieldErrors()
            .Check(request.Address is { Length: >= 1 and <= MaxAddress } address && address.All(char.IsAscii) && !address.Any(char.IsControl) && address.Trim().Length == address.Length,
                "address", $"must have 1 to {MaxAddress} printable ASCII characters, no blank at either end")
            .ThrowIfAny();
        var linked = await Store(context).LinkAsync(
            userId, channel, Normalize(channel, request.Address!), context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), context.RequestAborted);
        await WriteAsync(context, linked);
    }

    private static async Task GetAsync(HttpContext context)
    {
        var (userId, channel) = Target(context);
        var found = await Store(context).FindAsync([userId], channel, context.RequestAborted);
        await WriteAsync(context, found.Count > 0 ? found[0] : throw NoAddress());
    }

    private static async Task UnlinkAsync(HttpContext context)
    {
        var (userId, channel) = Target(context);
        if (!await Store(context).UnlinkAsync(userId, channel, context.RequestAborted))
        {
            throw NoAddress();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Whose channel the call is about. Throws 404 for what cannot be one and 403 for another's.</summary>
    private static (string UserId, string Channel) Target(HttpContext context)
    {
        var channel = ChannelNames.Parse(context.GetRouteValue("channel") as string);
        if (context.GetRouteValue("user_id") is not string userId || !Ids.IsValid(userId) || (channel & Outside) == Channels.None)
        {
            throw NoAddress();
        }

        var caller = context.Caller();
        return caller.UserId == userId || caller.Scopes.HasFlag(Scopes.Admin)
            ? (userId, ChannelNames.Join(channel))
            : throw ChatException.Forbidden(ErrorCodes.ScopeMissing, "Only administrators may see or change another user's channels.");
    }

    /// <summary>WhatsApp knows its users by their numbers' digits alone, however people write them.</summary>
    private static string Normalize(string channel, string address) =>
        channel == ChannelNames.Join(Channels.WhatsApp) && address.All(static c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-' or '(' or ')') && address.Any(char.IsAsciiDigit)
            ? string.Concat(address.Where(char.IsAsciiDigit))
            : address;

    private static IChannelAddressStore Store(HttpContext context) => context.RequestServices.GetRequiredService<IChannelAddressStore>();

    private static ChatException NoAddress() => ChatException.NotFound(ErrorCodes.ChannelAddressNotFound, "There is no such address.");

    private static Task WriteAsync(HttpContext context, ChannelAddress address) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, ChannelAddressAnswer.Of(address), Json.ChannelAddressAnswer);
}
