using System.Net;

namespace Chat4All.Tests.Files;

/// <summary>A body that promises more than it sends: behind what it has, the connection is cut once the condition holds.</summary>
internal sealed class CutContent(byte[] sent, long promised, Func<Task> untilCut) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(sent);
        await stream.FlushAsync();
        await untilCut();
        throw new IOException("cut");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = promised;
        return true;
    }
}
