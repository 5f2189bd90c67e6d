using System.Net;

namespace Chat4All.Tests.Files;

/// <summary>A body that stops on its way until something has happened.</summary>
/// <param name="at">How many bytes are sent before.</param>
internal sealed class PausedContent(byte[] content, int at, Func<Task> meanwhile) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(content.AsMemory(0, at));
        await stream.FlushAsync();
        await meanwhile();
        await stream.WriteAsync(content.AsMemory(at));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}
