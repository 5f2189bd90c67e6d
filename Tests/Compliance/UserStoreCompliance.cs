using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IUserStore"/> must do.</summary>
public abstract class UserStoreCompliance(StoreFixture fixture)
{
    private IUserStore Users => fixture.Users;

    [SkippableFact]
    public async Task A_user_is_found_by_id_and_its_credentials_by_name_too()
    {
        var user = await ArrangeAsync("Ada Lovelace", "hash");

        Assert.Equal(user, await Users.FindAsync(user.UserId, CancellationToken.None));
        Assert.Equal(new UserCredentials(user, "hash"), await Users.FindCredentialsAsync(user.UserId, CancellationToken.None));
        Assert.Equal(new UserCredentials(user, "hash"), await Users.FindCredentialsAsync(user.Username, CancellationToken.None));
        Assert.Null(await Users.FindAsync(user.Username, CancellationToken.None));
        Assert.Null(await Users.FindCredentialsAsync(NewId("user"), CancellationToken.None));
    }

    [SkippableFact]
    public async Task An_id_wins_over_another_users_name()
    {
        var first = await ArrangeAsync();
        var second = User(NewId("user")) with { Username = first.UserId };
        await Users.CreateAsync(second, null, CancellationToken.None);

        Assert.Equal(first.UserId, (await Users.FindCredentialsAsync(first.UserId, CancellationToken.None))!.Profile.UserId);
    }

    [SkippableFact]
    public async Task Taken_ids_and_names_are_conflicts()
    {
        var user = await ArrangeAsync();

        Assert.Equal(ErrorCodes.UserIdConflict, await CodeOfAsync(() => Users.CreateAsync(User(user.UserId) with { Username = NewId("name") }, null, CancellationToken.None)));
        Assert.Equal(ErrorCodes.UsernameConflict, await CodeOfAsync(() => Users.CreateAsync(User(NewId("user")) with { Username = user.Username }, null, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task A_deleted_user_is_gone_but_its_id_and_name_stay_taken()
    {
        var user = await ArrangeAsync();

        Assert.True(await Users.DeleteAsync(user.UserId, Start, CancellationToken.None));
        Assert.False(await Users.DeleteAsync(user.UserId, Start, CancellationToken.None));

        Assert.Null(await Users.FindAsync(user.UserId, CancellationToken.None));
        Assert.Null(await Users.FindCredentialsAsync(user.Username, CancellationToken.None));
        Assert.Empty(await Users.FindNamesAsync([user.UserId], CancellationToken.None));
        Assert.Null(await Users.UpdateAsync(user.UserId, new UserChange { DisplayName = "x" }, CancellationToken.None));
        Assert.DoesNotContain(user.UserId, (await ListAllAsync()).Select(static u => u.UserId));
        Assert.Equal(ErrorCodes.UserIdConflict, await CodeOfAsync(() => Users.CreateAsync(User(user.UserId) with { Username = NewId("name") }, null, CancellationToken.None)));
        Assert.Equal(ErrorCodes.UsernameConflict, await CodeOfAsync(() => Users.CreateAsync(User(NewId("user")) with { Username = user.Username }, null, CancellationToken.None)));
    }

    [SkippableFact]
    public async Task An_update_changes_what_it_names()
    {
        var user = await ArrangeAsync("before", "old");
        var change = new UserChange { DisplayName = "after", IsActive = false };

        var updated = await Users.UpdateAsync(user.UserId, change, CancellationToken.None);
        await Users.UpdateAsync(user.UserId, new UserChange { SecretHash = "new", Scopes = "read", Username = $"{user.Username}.2" }, CancellationToken.None);

        Assert.Equal(user with { DisplayName = "after", IsActive = false }, updated);
        var expected = user with { DisplayName = "after", IsActive = false, Scopes = "read", Username = $"{user.Username}.2" };
        Assert.Equal(new UserCredentials(expected, "new"), await Users.FindCredentialsAsync(user.UserId, CancellationToken.None));
        Assert.Null(await Users.UpdateAsync(NewId("user"), change, CancellationToken.None));
    }

    [SkippableFact]
    public async Task A_rename_to_a_taken_name_is_a_conflict_and_to_ones_own_is_not()
    {
        var (user, other) = (await ArrangeAsync(), await ArrangeAsync());

        Assert.Equal(ErrorCodes.UsernameConflict, await CodeOfAsync(() => Users.UpdateAsync(user.UserId, new UserChange { Username = other.Username }, CancellationToken.None)));
        Assert.Equal(user, await Users.UpdateAsync(user.UserId, new UserChange { Username = user.Username }, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Users_page_by_id()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((await ArrangeAsync()).UserId);
        }

        var all = (await ListAllAsync()).Select(static user => user.UserId).ToList();

        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        Assert.Superset(made.ToHashSet(), all.ToHashSet());
        Assert.Equal(all[2..4], (await Users.ListAsync(null, 2, 2, CancellationToken.None)).Select(static user => user.UserId));
    }

    [SkippableFact]
    public async Task Names_are_display_names_where_there_are_any()
    {
        var (named, plain) = (await ArrangeAsync("Grace"), await ArrangeAsync());

        var names = await Users.FindNamesAsync([named.UserId, plain.UserId, NewId("user")], CancellationToken.None);

        Assert.Equal(new Dictionary<string, string> { [named.UserId] = "Grace", [plain.UserId] = plain.Username }, names);
    }

    private async Task<UserProfile> ArrangeAsync(string? displayName = null, string? secretHash = null)
    {
        fixture.Require();
        return await Users.CreateAsync(User(NewId("user"), displayName), secretHash, CancellationToken.None);
    }

    private async Task<List<UserProfile>> ListAllAsync()
    {
        var all = new List<UserProfile>();
        while (await Users.ListAsync(all.LastOrDefault()?.UserId, 0, 3, CancellationToken.None) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        return all;
    }

    private static async Task<string> CodeOfAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChatException>(call)).Error.Code;
}
