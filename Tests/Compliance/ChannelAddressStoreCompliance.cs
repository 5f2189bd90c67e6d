using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Infrastructure.Stores;
using Xunit;
using static Chat4All.Tests.Compliance.StoreTestData;

namespace Chat4All.Tests.Compliance;

/// <summary>What every <see cref="IChannelAddressStore"/> must do.</summary>
public abstract class ChannelAddressStoreCompliance(StoreFixture fixture)
{
    private IChannelAddressStore Store => fixture.Addresses;

    [SkippableFact]
    public async Task A_linked_address_is_found_by_user_and_by_address()
    {
        var users = await ArrangeAsync(2);
        var address = NewId("+49");
        await Store.LinkAsync(users[0], "whatsapp", address, Start, CancellationToken.None);
        await Store.LinkAsync(users[0], "telegram", address, Start, CancellationToken.None);

        Assert.Equal(["telegram", "whatsapp"], (await Store.FindAsync(users, null, CancellationToken.None)).Select(static one => one.Channel));
        Assert.Equal(new ChannelAddress(users[0], "whatsapp", address, Start, null), Assert.Single(await Store.FindAsync(users, "whatsapp", CancellationToken.None)));
        Assert.Equal(users[0], (await Store.FindUserAsync("telegram", address, CancellationToken.None))?.UserId);
        Assert.Null(await Store.FindUserAsync("messenger", address, CancellationToken.None));
    }

    [SkippableFact]
    public async Task The_same_address_again_changes_nothing_and_another_one_replaces_it()
    {
        var users = await ArrangeAsync(1);
        var (first, second) = (NewId("+49"), NewId("+49"));
        await Store.LinkAsync(users[0], "whatsapp", first, Start, CancellationToken.None);
        await Store.NoteInboundAsync("whatsapp", first, Start.AddHours(1), CancellationToken.None);

        var again = await Store.LinkAsync(users[0], "whatsapp", first, Start.AddHours(2), CancellationToken.None);
        var replaced = await Store.LinkAsync(users[0], "whatsapp", second, Start.AddHours(3), CancellationToken.None);

        Assert.Equal((Start, Start.AddHours(1)), (again.LinkedAt, again.LastInboundAt));
        Assert.Equal((second, Start.AddHours(3), null), (replaced.Address, replaced.LinkedAt, replaced.LastInboundAt));
        Assert.Null(await Store.FindUserAsync("whatsapp", first, CancellationToken.None));
    }

    [SkippableFact]
    public async Task Another_users_address_and_a_user_who_is_not_there_are_refused()
    {
        var users = await ArrangeAsync(3);
        var address = NewId("+49");
        await Store.LinkAsync(users[0], "whatsapp", address, Start, CancellationToken.None);
        await Store.LinkAsync(users[1], "whatsapp", NewId("+49"), Start, CancellationToken.None);
        await fixture.Users.DeleteAsync(users[2], Start, CancellationToken.None);

        foreach (var (user, code) in new[]
        {
            (users[1], ErrorCodes.ChannelAddressConflict), (users[2], ErrorCodes.UserNotFound), (NewId("user"), ErrorCodes.UserNotFound),
        })
        {
            var refused = await Assert.ThrowsAsync<ChatException>(() => Store.LinkAsync(user, "whatsapp", address, Start, CancellationToken.None));
            Assert.Equal(code, refused.Error.Code);
        }
    }

    [SkippableFact]
    public async Task A_link_ends_once()
    {
        var users = await ArrangeAsync(1);
        await Store.LinkAsync(users[0], "messenger", NewId("psid"), Start, CancellationToken.None);

        Assert.True(await Store.UnlinkAsync(users[0], "messenger", CancellationToken.None));
        Assert.False(await Store.UnlinkAsync(users[0], "messenger", CancellationToken.None));
        Assert.Empty(await Store.FindAsync(users, null, CancellationToken.None));
    }

    [SkippableFact]
    public async Task The_last_inbound_message_never_goes_back_in_time()
    {
        var users = await ArrangeAsync(1);
        var address = NewId("+49");
        await Store.LinkAsync(users[0], "whatsapp", address, Start, CancellationToken.None);

        await Store.NoteInboundAsync("whatsapp", address, Start.AddHours(2), CancellationToken.None);
        await Store.NoteInboundAsync("whatsapp", address, Start.AddHours(1), CancellationToken.None);
        await Store.NoteInboundAsync("whatsapp", NewId("+49"), Start, CancellationToken.None);

        Assert.Equal(Start.AddHours(2), (await Store.FindUserAsync("whatsapp", address, CancellationToken.None))?.LastInboundAt);
    }

    private Task<string[]> ArrangeAsync(int users)
    {
        fixture.Require();
        return fixture.Users.AddUsersAsync(users);
    }
}
