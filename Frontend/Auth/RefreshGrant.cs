using Chat4All.Frontend.Api;
using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary>Gives access tokens for refresh tokens. With rotation on, a refresh token that comes a second time was stolen by one of the two who hold it, so all of the user's tokens go.</summary>
internal sealed partial class RefreshGrant(
    ITokenStore tokens,
    IUserStore users,
    TokenIssuer issuer,
    SignInLimits limits,
    DemoAccounts demo,
    Revocations revocations,
    AuthOptions options,
    TimeProvider time,
    ILogger<RefreshGrant> logger)
{
    private const string InvalidGrant = "invalid_grant";

    /// <summary>Guesses at refresh tokens count under this name beside their address.</summary>
    private const string Guesses = "refresh_token";

    public async Task<IssuedTokens> RedeemAsync(HttpContext context, OAuthParameters request)
    {
        if (request.RefreshToken is not { Length: > 0 } token)
        {
            throw OAuthRequest.Invalid("'refresh_token' is missing.");
        }

        var hash = TokenHash.Of(token);
        var now = time.GetUtcNow();
        var record = await tokens.FindRefreshTokenAsync(hash, context.RequestAborted);
        if (record is null)
        {
            throw Unknown(context);
        }

        if (record.RevokedAt is not null && options.RotateRefreshTokens)
        {
            LogReuse(logger, record.UserId);
            await tokens.RevokeAllAsync(record.UserId, now, context.RequestAborted);
            revocations.RevokeUser(record.UserId);
        }

        if (record.RevokedAt is not null || record.ExpiresAt <= now)
        {
            throw Invalid();
        }

        if (await users.FindAsync(record.UserId, context.RequestAborted) is not { IsActive: true } user
            || (await demo.IsDemoAsync(record.UserId, context.RequestAborted) && !demo.IsAllowed(context)))
        {
            throw Invalid();
        }

        var granted = ScopeNames.ParseStored(record.Scope) & ScopeNames.ParseStored(user.Scopes);
        var scopes = TokenEndpoint.Grant(request.Scope, granted, granted);
        return options.RotateRefreshTokens
            ? await RotateAsync(hash, record, scopes, granted, now, context.RequestAborted)
            : await RenewAsync(hash, record, scopes, token, now, context.RequestAborted);
    }

    private async Task<IssuedTokens> RenewAsync(string hash, RefreshTokenRecord record, Scopes scopes, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await tokens.TouchRefreshTokenAsync(hash, now, cancellationToken);
        return await issuer.RenewAsync(record.UserId, scopes, token, cancellationToken);
    }

    private async Task<IssuedTokens> RotateAsync(string hash, RefreshTokenRecord record, Scopes scopes, Scopes granted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of two at the same time one wins: the store says who revoked it.
        return await tokens.RevokeRefreshTokenAsync(hash, now, cancellationToken)
            ? await issuer.RotateAsync(record.UserId, scopes, granted, cancellationToken)
            : throw Invalid();
    }

    private ProblemException Unknown(HttpContext context)
    {
        var decision = limits.TryBegin(Guesses, SignInLimits.AddressOf(context));
        return decision.Allowed ? Invalid() : AuthEndpoints.TooManyFailures(context, decision.RetryAfterSeconds);
    }

    private static ProblemException Invalid() =>
        new(StatusCodes.Status400BadRequest, InvalidGrant, "The refresh token is unknown, expired or revoked.");

    [LoggerMessage(1102, LogLevel.Warning, "A refresh token of user {UserId} was used a second time; all tokens of the user are revoked")]
    private static partial void LogReuse(ILogger logger, string userId);
}
