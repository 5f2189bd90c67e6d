using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Hosting;

/// <summary>The published demo users and the private conversation <c>conv-test</c> of the first two.</summary>
internal sealed class DemoData(IUserStore users, IConversationStore conversations, DemoAccounts accounts, TimeProvider time)
{
    private const string Conversation = "conv-test";

    /// <summary>Makes what is missing; whatever is there under these ids stays as it is.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        string? hash = null;
        foreach (var id in DemoAccounts.Ids)
        {
            if (await users.FindAsync(id, cancellationToken) is null)
            {
                hash ??= accounts.NewSharedHash();
                await CreateUserAsync(id, hash, cancellationToken);
            }
        }

        await CreateConversationAsync(cancellationToken);
    }

    private async Task CreateUserAsync(string id, string hash, CancellationToken cancellationToken)
    {
        var profile = new UserProfile { UserId = id, Username = id, Scopes = ScopeNames.Default, IsActive = true, CreatedAt = time.GetUtcNow() };
        try
        {
            await users.CreateAsync(profile, hash, cancellationToken);
        }
        catch (ChatException taken) when (taken.Error.Kind == ChatErrorKind.Conflict)
        {
            // Deleted once (ids never come back), or another process is making it at this moment.
        }
    }

    private async Task CreateConversationAsync(CancellationToken cancellationToken)
    {
        try
        {
            await conversations.CreateAsync(
                new NewConversation(Conversation, ConversationType.Private, [DemoAccounts.Ids[0], DemoAccounts.Ids[1]], "{}", time.GetUtcNow()), cancellationToken);
        }
        catch (ChatException refused) when (refused.Error.Kind is ChatErrorKind.Conflict or ChatErrorKind.NotFound)
        {
            // The id belongs to another conversation, or one of the two users was deleted.
        }
    }
}
