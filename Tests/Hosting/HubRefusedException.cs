using System.Net;

namespace Chat4All.Tests.Hosting;

/// <summary>The server answered with another status than the test needs to go on.</summary>
public sealed class HubRefusedException(HttpStatusCode status, string body) : Exception($"{(int)status}: {body}")
{
    public HttpStatusCode Status { get; } = status;
}
