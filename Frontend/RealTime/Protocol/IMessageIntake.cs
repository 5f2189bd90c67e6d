using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.RealTime.Protocol;

/// <summary>Takes messages that come by socket, under the same rules and from the same bucket as those that come by REST.</summary>
internal interface IMessageIntake
{
    /// <summary>Accepts one message; completes when it is durable. Throws <see cref="ChatException"/>.</summary>
    /// <param name="message">The JSON object of POST /v1/messages.</param>
    ValueTask<SendReceipt> SendAsync(Caller caller, ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}
