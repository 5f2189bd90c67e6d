using Microsoft.AspNetCore.SignalR;

namespace Chat4All.Frontend.RealTime.SignalR;

/// <summary>Gives the hub the connection's own context, through which frames that are serialized already can be written.</summary>
internal sealed class ChatHubLifetime(ILogger<DefaultHubLifetimeManager<ChatHub>> logger) : DefaultHubLifetimeManager<ChatHub>(logger)
{
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        connection.Features.Set(connection);
        return base.OnConnectedAsync(connection);
    }
}
