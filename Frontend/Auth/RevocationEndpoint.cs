using Chat4All.Frontend.Api;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary><c>POST /auth/revoke</c>: whoever holds a token may end it. Idempotent, and says the same about tokens that never were (RFC 7009 §2.2).</summary>
internal sealed class RevocationEndpoint(ITokenStore tokens, TokenReader reader, Revocations revocations, TimeProvider time)
{
    private const string RefreshRevoked = "Refresh token revoked successfully";
    private const string AccessRevoked = "Access token revoked successfully";

    public async Task RevokeAsync(HttpContext context)
    {
        AuthEndpoints.ForbidCaching(context);
        var request = await OAuthRequest.ReadAsync(context);
        if ((request.RefreshToken ?? request.Token) is not { Length: > 0 } token)
        {
            throw OAuthRequest.Invalid("'refresh_token' or 'token' is missing.");
        }

        // An access token tells by its form what it is; the hint (RFC 7009) is only a hint.
        var message = await reader.ReadAsync(token) is { } access
            ? await RevokeAccessAsync(access.TokenId, context.RequestAborted)
            : await RevokeRefreshAsync(token, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new RevokeResponse(message), OAuthJson.Default.RevokeResponse);
    }

    private async Task<string> RevokeAccessAsync(string tokenId, CancellationToken cancellationToken)
    {
        await tokens.RevokeAccessTokenAsync(tokenId, time.GetUtcNow(), cancellationToken);
        revocations.RevokeToken(tokenId);
        return AccessRevoked;
    }

    private async Task<string> RevokeRefreshAsync(string token, CancellationToken cancellationToken)
    {
        await tokens.RevokeRefreshTokenAsync(TokenHash.Of(token), time.GetUtcNow(), cancellationToken);
        return RefreshRevoked;
    }
}
