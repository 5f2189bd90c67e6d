using System.Security.Cryptography;
using System.Text;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Hosting;
using Chat4All.Silo.Files;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Chat4All.Frontend.Api.Files;

/// <summary>What signs links to files, and where they lead.</summary>
internal static class FileLinkSetup
{
    public static IServiceCollection AddFileLinks(this IServiceCollection services) => services.AddSingleton(static provider =>
    {
        var files = provider.GetRequiredService<FilesOptions>();
        return new FileLinkOptions
        {
            Key = Key(files, provider.GetRequiredService<AuthOptions>(), provider.GetRequiredService<StoreOptions>()),
            Lifetime = TimeSpan.FromSeconds(files.LinkSeconds),
            BaseUrl = () => files.PublicUrl.Length > 0 ? new Uri(files.PublicUrl) : OwnAddress(provider),
        };
    });

    private static byte[] Key(FilesOptions files, AuthOptions auth, StoreOptions store) =>
        files.LinkKey.Length > 0 ? Encoding.UTF8.GetBytes(files.LinkKey)
        : auth.SecretKey.Length > 0 ? FileLinkOptions.KeyFrom(auth.SecretKey)
        : Convert.FromHexString(
            PrivateFile.ReadOrCreate(Path.Combine(store.Data, "file-link-key"), static () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));

    private static Uri OwnAddress(IServiceProvider provider) =>
        new(provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:8000");
}
