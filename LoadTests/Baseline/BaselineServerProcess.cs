using System.Globalization;
using System.Net;
using Chat4All.LoadTests.Server;

namespace Chat4All.LoadTests.Baseline;

/// <summary>This program as a second process, serving the baseline endpoint.</summary>
internal sealed class BaselineServerProcess : IAsyncDisposable
{
    private readonly ServerProcess _process;

    private BaselineServerProcess(ServerProcess process, Uri uri)
    {
        _process = process;
        Uri = uri;
    }

    public Uri Uri { get; }

    public EndPoint Address => new IPEndPoint(IPAddress.Loopback, Uri.Port);

    public int Id => _process.Id;

    public static async Task<BaselineServerProcess> StartAsync(CancellationToken cancellationToken)
    {
        var port = ServerProcess.FreePort();
        var uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var assembly = typeof(BaselineServerProcess).Assembly.Location;
        var process = ServerProcess.Start($"dotnet '{assembly}' baseline-server --port {port.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            await process.WaitUntilReadyAsync(uri, TimeSpan.FromSeconds(30), cancellationToken);
            return new BaselineServerProcess(process, uri);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
