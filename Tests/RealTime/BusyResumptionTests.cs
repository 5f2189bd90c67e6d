using System.Net;
using Chat4All.Grains.Ports;
using Chat4All.Tests.Files;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.RealTime;

/// <summary>A resumption whose changes take long, in a conversation where much goes on meanwhile.</summary>
[Trait("Category", "Integration")]
public sealed class BusyResumptionTests
{
    [Fact]
    public async Task What_was_missed_comes_first_however_long_the_changes_take()
    {
        var telling = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await SocketHost.StartAsync(services =>
        {
            var reader = services.Last(static service => service.ServiceType == typeof(IConversationReader));
            services.AddSingleton(provider => Interposed<IConversationReader>.Around(
                (IConversationReader)(reader.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, reader.ImplementationType!)),
                before: async method =>
                {
                    if (method == nameof(IConversationReader.ListStatusChangesAsync))
                    {
                        telling.TrySetResult();
                        await told.Task;
                    }
                }));
        });
        var owner = await host.UserAsync("user3");
        var conversation = await owner.CreateGroupAsync(["user3", "user4", "user5"]);
        var left = await SendAsync(owner, conversation, 2);
        await SendAsync(owner, conversation, 3);

        await using var socket = await host.ConnectAsync("user4", "&since=" + left);
        await telling.Task;
        await using var other = await host.ConnectAsync("user4");
        await SendAsync(owner, conversation, 300);
        await other.WaitForMessageAsync(conversation, 305);
        told.SetResult();

        await socket.WaitForMessageAsync(conversation, 305);
        await socket.WaitForMessageAsync(conversation, 3);
        Assert.Equal(Enumerable.Range(3, 303).Select(static seq => (long)seq), socket.Seqs(conversation));
    }

    /// <summary>Answers when the last one was accepted.</summary>
    private static async Task<string?> SendAsync(HubClient sender, string conversation, int count)
    {
        string? accepted = null;
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            var messages = chunk.Select(i => new { conversation_id = conversation, channels = new[] { "chat4all" }, content = $"message {i}" });
            var answer = await sender.PostAsync("/v1/messages/batch", new { messages }, HttpStatusCode.Accepted);
            accepted = answer.GetProperty("results").EnumerateArray().Last().GetProperty("created_at").GetString();
        }

        return accepted;
    }
}
