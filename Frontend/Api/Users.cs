using Chat4All.Frontend.Auth;
using Chat4All.Grains;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Orleans;

namespace Chat4All.Frontend.Api;

/// <summary>The accounts: administration, and what everyone may do with their own.</summary>
internal sealed class Users(IUserStore users, IGrainFactory grains, SecretVerifier secrets, Revocations revocations, TimeProvider time)
{
    private static readonly UsersJson Json = UsersJson.Default;

    public async Task CreateAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, Json.UserRequest);
        UserRules.Check(request, isNew: true);
        var made = request.Secret is null ? TokenHash.NewToken() : null;
        var profile = new UserProfile
        {
            UserId = request.UserId ?? Ids.New(time),
            Username = request.Username!,
            DisplayName = request.DisplayName,
            Scopes = request.Scopes is { } scopes ? UserRules.Scopes(scopes) : ScopeNames.Default,
            IsActive = request.IsActive ?? true,
            CreatedAt = time.GetStoreNow(),
        };
        await ThrowIfAmbiguousAsync(profile.UserId, profile.Username, context.RequestAborted);
        var hash = await secrets.HashAsync(request.Secret ?? made!, context.RequestAborted);
        var created = await users.CreateAsync(profile, hash, context.RequestAborted);
        context.Response.Headers.Location = $"/v1/users/{created.UserId}";
        await WriteAsync(context, created, StatusCodes.Status201Created, made);
    }

    public async Task ListAsync(HttpContext context)
    {
        var page = Page.Read(context.Request);
        var found = await users.ListAsync(page.Cursor, page.Offset, page.Limit, context.RequestAborted);
        var next = found.Count == page.Limit ? Paging.Encode(found[^1].UserId) : null;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new UserList([.. found.Select(static u => UserAnswer.Of(u))], next), Json.UserList);
    }

    public async Task GetAsync(HttpContext context) =>
        await WriteAsync(context, await users.FindAsync(IdOf(context), context.RequestAborted) ?? throw NoSuchUser());

    public async Task GetMeAsync(HttpContext context) =>
        await WriteAsync(context, await users.FindAsync(context.Caller().UserId, context.RequestAborted) ?? throw NoSuchUser());

    public async Task UpdateAsync(HttpContext context)
    {
        var id = IdOf(context);
        var request = await JsonBody.ReadAsync(context, Json.UserRequest);
        UserRules.Check(request, isNew: false);
        if (request.IsActive == false)
        {
            ThrowIfOwn(context, id);
        }

        if (request.Username is { } username)
        {
            await ThrowIfAmbiguousAsync(id, username, context.RequestAborted);
        }

        var change = new UserChange
        {
            Username = request.Username,
            DisplayName = request.DisplayName,
            Scopes = request.Scopes is { } scopes ? UserRules.Scopes(scopes) : null,
            IsActive = request.IsActive,
            SecretHash = request.Secret is { } secret ? await secrets.HashAsync(secret, context.RequestAborted) : null,
        };
        var updated = await grains.GetGrain<IUserGrain>(id).Update(change, context.RequestAborted);
        if (request.IsActive == false)
        {
            revocations.RevokeUser(id);
        }
        else
        {
            revocations.ProfileChanged(id);
        }

        await WriteAsync(context, updated);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        var id = IdOf(context);
        ThrowIfOwn(context, id);
        await grains.GetGrain<IUserGrain>(id).Delete(context.RequestAborted);
        revocations.RevokeUser(id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task RotateSecretAsync(HttpContext context)
    {
        var request = await JsonBody.ReadOptionalAsync(context, Json.SecretRequest, new SecretRequest());
        UserRules.Check(new UserRequest { Secret = request.Secret }, isNew: false);
        var id = context.Caller().UserId;
        var made = request.Secret is null ? TokenHash.NewToken() : null;
        var hash = await secrets.HashAsync(request.Secret ?? made!, context.RequestAborted);
        await grains.GetGrain<IUserGrain>(id).Update(new UserChange { SecretHash = hash }, context.RequestAborted);
        revocations.ProfileChanged(id);
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new SecretAnswer(id, made), Json.SecretAnswer);
    }

    private static string IdOf(HttpContext context) =>
        context.GetRouteValue("user_id") is string id && Ids.IsValid(id) ? id : throw NoSuchUser();

    private static ChatException NoSuchUser() => ChatException.NotFound(ErrorCodes.UserNotFound, "There is no such user.");

    /// <summary>Nobody locks themselves out by a slip; another administrator, or the command line, can.</summary>
    private static void ThrowIfOwn(HttpContext context, string id)
    {
        if (context.Caller().UserId == id)
        {
            throw ChatException.Conflict(ProblemCodes.OwnAccount, "An administrator cannot disable or delete the account in use.");
        }
    }

    /// <summary>Both ids and names sign in, so one user's name must not be another's id.</summary>
    private async Task ThrowIfAmbiguousAsync(string id, string username, CancellationToken cancellationToken)
    {
        if (username != id && await users.FindAsync(username, cancellationToken) is { } other && other.UserId != id)
        {
            throw ChatException.Conflict(ErrorCodes.UsernameConflict, "The username is another user's id.");
        }

        if (await users.FindCredentialsAsync(id, cancellationToken) is { } holder && holder.Profile.UserId != id)
        {
            throw ChatException.Conflict(ErrorCodes.UserIdConflict, "The id is another user's name.");
        }
    }

    private static Task WriteAsync(HttpContext context, UserProfile user, int status = StatusCodes.Status200OK, string? secret = null)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, status, UserAnswer.Of(user, secret), Json.UserAnswer);
    }
}
