using System.Net;
using System.Net.Sockets;
using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Tests.Connectors;

/// <summary>Where a stranger may make the hub connect to.</summary>
public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.0.1.1")]
    [InlineData("198.17.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("64:ff9b::8.8.8.8")]
    public void A_public_address_is_public(string address) => Assert.True(AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:8.8.8.8")]
    [InlineData("64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("2001:10::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:808:808::1")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Any_other_address_is_not(string address) => Assert.False(AddressRules.IsPublic(IPAddress.Parse(address)));

    /// <summary>The many ways to write an address, as they stand in a URL.</summary>
    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.0.0.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://0/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST./")]
    public async Task A_host_that_is_or_resolves_to_this_machine_is_refused_before_anything_is_sent(string url)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var target = new UriBuilder(url) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;
        using var http = new HttpClient(GuardedHandler.Create(allowPrivate: false));

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(target));

        Assert.True(refused.InnerException is AddressRefusedException or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain }, refused.ToString());
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task A_name_is_refused_for_what_it_resolves_to()
    {
        await Assert.ThrowsAsync<AddressRefusedException>(() => AddressRules.ResolveAsync("localhost", CancellationToken.None));
        await Assert.ThrowsAsync<AddressRefusedException>(() => AddressRules.ResolveAsync("[::1]", CancellationToken.None));
        Assert.Equal([IPAddress.Parse("8.8.8.8")], await AddressRules.ResolveAsync("8.8.8.8", CancellationToken.None));
    }

    [Fact]
    public async Task A_redirect_is_answered_not_followed()
    {
        await using var platform = await StandInServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });
        using var http = new HttpClient(GuardedHandler.Create(allowPrivate: true));

        using var answer = await http.GetAsync(platform.Address);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(1, platform.Requests);
    }
}
