using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Chat4All.Frontend.RealTime.SignalR;

/// <summary>A connection of the SignalR hub: every event is the client method <c>event(type, data)</c>.</summary>
internal sealed class SignalRConnection(HubConnectionContext context, Caller caller, RealTimeOptions options, RealTimeMetrics metrics)
    : ChatConnection(caller, options, metrics)
{
    public override string Transport => "signalr";

    public override void Abort() => context.Abort();

    public override async ValueTask WriteAsync(List<OutgoingFrame> frames)
    {
        foreach (var frame in frames)
        {
            await context.WriteAsync(frame.HubMessage, context.ConnectionAborted);
        }
    }

    public override void WritingEnded(Exception? fault) => context.Abort();

    /// <summary>Whether the client lives is SignalR's own business; the event is for the client.</summary>
    public override void Beat(OutgoingFrame heartbeat) => Send(heartbeat);

    /// <summary>SignalR has no close codes: the connection just ends.</summary>
    protected override OutgoingFrame? LastFrame(CloseCode code) => null;
}
