using System.Net;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Resilience;

/// <summary>Users who all are members of the same conversations, and one more who only watches.</summary>
internal sealed class Crowd : IDisposable
{
    /// <summary>Everyone's.</summary>
    public const string Secret = "a-secret-of-the-crowd";

    private Crowd(IReadOnlyList<HubClient> senders, HubClient watcher, IReadOnlyList<string> conversations)
    {
        Senders = senders;
        Watcher = watcher;
        Conversations = conversations;
    }

    public IReadOnlyList<HubClient> Senders { get; }

    /// <summary>A member of every conversation who sends nothing.</summary>
    public HubClient Watcher { get; }

    /// <summary>Ids of the conversations.</summary>
    public IReadOnlyList<string> Conversations { get; }

    public static async Task<Crowd> GatherAsync(HubServer server, int senders, int conversations)
    {
        using var admin = await server.SignInAsAdminAsync();
        var clients = new List<HubClient>();
        foreach (var name in Enumerable.Range(1, senders).Select(number => $"sender-{number}").Append("watcher"))
        {
            await admin.PostAsync("/v1/users", new { user_id = name, username = name, secret = Secret }, HttpStatusCode.Created);
            clients.Add(await server.SignInAsync(name, Secret));
        }

        var members = clients.Select(client => client.UserId).ToArray();
        var ids = Enumerable.Range(1, conversations).Select(number => $"crowd-{number}").ToArray();
        foreach (var id in ids)
        {
            await clients[0].CreateGroupAsync(members, id);
        }

        return new Crowd(clients[..^1], clients[^1], ids);
    }

    public void Dispose()
    {
        foreach (var client in Senders.Append(Watcher))
        {
            client.Dispose();
        }
    }
}
