using System.Security.Cryptography;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="ITokenStore"/> must do.</summary>
public abstract class TokenStoreCompliance(StoreFixture fixture)
{
    private ITokenStore Tokens => fixture.Tokens;

    [SkippableFact]
    public async Task A_pair_is_stored_and_found_by_its_hashes()
    {
        var (access, refresh) = await ArrangeAsync();

        Assert.Equal(access, await Tokens.FindAccessTokenAsync(access.TokenHash, CancellationToken.None));
        Assert.Equal(refresh, await Tokens.FindRefreshTokenAsync(refresh.TokenHash, CancellationToken.None));
        Assert.Null(await Tokens.FindAccessTokenAsync(refresh.TokenHash, CancellationToken.None));
        Assert.Null(await Tokens.FindRefreshTokenAsync(NewHash(), CancellationToken.None));
    }

    [SkippableFact]
    public async Task An_access_token_is_stored_alone_when_the_refresh_token_stays()
    {
        var (first, refresh) = await ArrangeAsync();
        var second = first with { TokenHash = NewHash() };

        await Tokens.SaveAsync(second, null, CancellationToken.None);
        await Tokens.TouchRefreshTokenAsync(refresh.TokenHash, Start.AddMinutes(1), CancellationToken.None);

        Assert.Equal(second, await Tokens.FindAccessTokenAsync(second.TokenHash, CancellationToken.None));
        Assert.Equal(refresh, await Tokens.FindRefreshTokenAsync(refresh.TokenHash, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_token_is_revoked_once()
    {
        var (access, refresh) = await ArrangeAsync();
        var at = Start.AddMinutes(2);

        Assert.True(await Tokens.RevokeAccessTokenAsync(access.TokenHash, at, CancellationToken.None));
        Assert.False(await Tokens.RevokeAccessTokenAsync(access.TokenHash, at.AddMinutes(1), CancellationToken.None));
        Assert.True(await Tokens.RevokeRefreshTokenAsync(refresh.TokenHash, at, CancellationToken.None));
        Assert.False(await Tokens.RevokeRefreshTokenAsync(refresh.TokenHash, at.AddMinutes(1), CancellationToken.None));
        Assert.False(await Tokens.RevokeAccessTokenAsync(NewHash(), at, CancellationToken.None));

        Assert.Equal(at, (await Tokens.FindAccessTokenAsync(access.TokenHash, CancellationToken.None))!.RevokedAt);
        Assert.Equal(at, (await Tokens.FindRefreshTokenAsync(refresh.TokenHash, CancellationToken.None))!.RevokedAt);
    }

    [SkippableFact]
    public async Task All_tokens_of_a_user_are_revoked_and_nobody_elses()
    {
        var (access, refresh) = await ArrangeAsync();
        var (foreign, _) = await ArrangeAsync();
        var second = access with { TokenHash = NewHash() };
        await Tokens.SaveAsync(second, null, CancellationToken.None);
        await Tokens.RevokeAccessTokenAsync(access.TokenHash, Start.AddMinutes(1), CancellationToken.None);

        await Tokens.RevokeAllAsync(access.UserId, Start.AddMinutes(2), CancellationToken.None);

        Assert.Equal(Start.AddMinutes(1), (await Tokens.FindAccessTokenAsync(access.TokenHash, CancellationToken.None))!.RevokedAt);
        Assert.Equal(Start.AddMinutes(2), (await Tokens.FindAccessTokenAsync(second.TokenHash, CancellationToken.None))!.RevokedAt);
        Assert.Equal(Start.AddMinutes(2), (await Tokens.FindRefreshTokenAsync(refresh.TokenHash, CancellationToken.None))!.RevokedAt);
        Assert.Null((await Tokens.FindAccessTokenAsync(foreign.TokenHash, CancellationToken.None))!.RevokedAt);
    }

    [SkippableFact]
    public async Task Other_nodes_learn_what_was_revoked_since_a_moment_and_still_counts()
    {
        var moment = Start.AddDays(-100);
        var (before, _) = await ArrangeAsync();
        var (at, _) = await ArrangeAsync();
        var (expired, _) = await ArrangeAsync(moment);
        var (valid, _) = await ArrangeAsync();
        await Tokens.RevokeAccessTokenAsync(before.TokenHash, moment.AddMicroseconds(-1), CancellationToken.None);
        await Tokens.RevokeAccessTokenAsync(at.TokenHash, moment, CancellationToken.None);
        await Tokens.RevokeAccessTokenAsync(expired.TokenHash, moment, CancellationToken.None);

        var revoked = await Tokens.ListRevokedSinceAsync(moment, CancellationToken.None);

        Assert.Contains(at.TokenHash, revoked);
        Assert.DoesNotContain(before.TokenHash, revoked);
        Assert.DoesNotContain(expired.TokenHash, revoked);
        Assert.DoesNotContain(valid.TokenHash, revoked);
    }

    [SkippableFact]
    public async Task Expired_tokens_are_deleted_in_chunks()
    {
        var past = Start.AddYears(-20);
        var old = new List<(AccessTokenRecord Access, RefreshTokenRecord Refresh)>();
        for (var i = 0; i < 3; i++)
        {
            old.Add(await ArrangeAsync(past));
        }

        var (valid, _) = await ArrangeAsync(past.AddMicroseconds(1));

        Assert.Equal(4, await Tokens.DeleteExpiredAsync(past.AddMicroseconds(1), 4, CancellationToken.None));
        Assert.Equal(2, await Tokens.DeleteExpiredAsync(past.AddMicroseconds(1), 4, CancellationToken.None));
        Assert.Equal(0, await Tokens.DeleteExpiredAsync(past.AddMicroseconds(1), 4, CancellationToken.None));
        Assert.Null(await Tokens.FindAccessTokenAsync(old[0].Access.TokenHash, CancellationToken.None));
        Assert.Null(await Tokens.FindRefreshTokenAsync(old[2].Refresh.TokenHash, CancellationToken.None));
        Assert.NotNull(await Tokens.FindAccessTokenAsync(valid.TokenHash, CancellationToken.None));
    }

    private async Task<(AccessTokenRecord Access, RefreshTokenRecord Refresh)> ArrangeAsync(DateTimeOffset? expiresAt = null)
    {
        fixture.Require();
        var user = (await fixture.Users.AddUsersAsync(1))[0];
        var expires = expiresAt ?? Start.AddMinutes(15);
        var access = new AccessTokenRecord(NewHash(), user, "read write", Start, expires);
        var refresh = new RefreshTokenRecord(NewHash(), user, "read", Start, expires);
        await Tokens.SaveAsync(access, refresh, CancellationToken.None);
        return (access, refresh);
    }

    private static string NewHash() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
