using System.Runtime.Versioning;
using System.Security.Cryptography;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Hosting;
using Chat4All.Tests.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenReader = Chat4All.Frontend.Auth.TokenReader;

namespace Chat4All.Tests.Auth;

/// <summary>Keys: where they come from, which algorithms they go with, and how they are replaced.</summary>
[Trait("Category", "Integration")]
[SupportedOSPlatform("linux")]
public sealed class SigningKeyTests
{
    private const string OldKey = "an old key of at least 32 bytes, long retired";

    [Fact]
    public void Without_a_configured_key_256_random_bits_are_kept_for_the_owner_only_and_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        var store = new StoreOptions { Data = folder.Path };

        var first = new SigningKeys(new AuthOptions(), store).Current;
        var second = new SigningKeys(new AuthOptions(), store).Current;

        var file = Path.Combine(folder.Path, "jwt-secret");
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(256 / 4, File.ReadAllText(file).Trim().Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task A_key_file_signs_tokens_that_anyone_can_check_with_the_published_key(string algorithm)
    {
        using var folder = new TemporaryFolder();
        var file = WriteKey(folder, algorithm);
        await using var host = await AuthHost.StartAsync($"--Auth:Algorithm={algorithm}", $"--Auth:KeyFile={file}");

        var token = await host.TokenAsync();
        var keys = new JsonWebKeySet(await host.Http.GetStringAsync("/.well-known/jwks.json"));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token, new TokenValidationParameters { ValidIssuer = "chat4all", ValidAudience = "chat4all-api", IssuerSigningKeys = keys.GetSigningKeys() });

        Assert.Equal(algorithm, Answers.Header(token).Text("alg"));
        Assert.True(result.IsValid);
        Assert.True(await host.WorksAsync(token));
        Assert.False(keys.Keys.Single().HasPrivateKey);
    }

    [Fact]
    public async Task During_a_rotation_tokens_of_the_old_key_are_accepted_and_new_ones_get_the_new()
    {
        using var folder = new TemporaryFolder();
        var old = new SigningKeys(new AuthOptions { SecretKey = OldKey }, new StoreOptions());
        var rotated = new AuthOptions { Algorithm = "ES256", KeyFile = WriteKey(folder, "ES256"), PreviousSecretKeys = [OldKey] };
        var reader = new TokenReader(new SigningKeys(rotated, new StoreOptions()), rotated);

        Assert.NotNull(await reader.ReadAsync(Sign(old.Current.Credentials)));
        Assert.NotEqual(old.Current.Id, new SigningKeys(rotated, new StoreOptions()).Current.Id);
    }

    [Fact]
    public async Task After_the_rotation_the_old_key_is_worth_nothing()
    {
        var old = new SigningKeys(new AuthOptions { SecretKey = OldKey }, new StoreOptions());
        var rotated = new AuthOptions { SecretKey = "another key of at least 32 bytes, in use" };

        Assert.Null(await new TokenReader(new SigningKeys(rotated, new StoreOptions()), rotated).ReadAsync(Sign(old.Current.Credentials)));
    }

    [Fact]
    public async Task A_public_key_cannot_be_passed_off_as_a_shared_secret()
    {
        using var folder = new TemporaryFolder();
        var options = new AuthOptions { Algorithm = "RS256", KeyFile = WriteKey(folder, "RS256") };
        var keys = new SigningKeys(options, new StoreOptions());
        using var rsa = RSA.Create();
        rsa.ImportFromPem(await File.ReadAllTextAsync(options.KeyFile));
        var confused = new SymmetricSecurityKey(rsa.ExportSubjectPublicKeyInfo()) { KeyId = keys.Current.Id };

        var token = Sign(new SigningCredentials(confused, SecurityAlgorithms.HmacSha256));

        Assert.Null(await new TokenReader(keys, options).ReadAsync(token));
    }

    [Theory]
    [InlineData("ES256", "RS256")]
    [InlineData("RS256", "ES256")]
    public void A_key_file_of_the_other_kind_stops_the_start_and_names_the_setting(string algorithm, string file)
    {
        using var folder = new TemporaryFolder();
        var options = new AuthOptions { Algorithm = algorithm, KeyFile = WriteKey(folder, file) };

        Assert.Contains("Auth:KeyFile", Assert.Throws<SettingsException>(() => new SigningKeys(options, new StoreOptions())).Message, StringComparison.Ordinal);
    }

    private static string Sign(SigningCredentials credentials) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "chat4all",
            Audience = "chat4all-api",
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = credentials,
            Claims = new Dictionary<string, object> { ["sub"] = "user1", ["jti"] = "1", ["scope"] = "read" },
        });

    private static string WriteKey(TemporaryFolder folder, string algorithm)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var file = Path.Combine(folder.Path, $"{algorithm}.pem");
        File.WriteAllText(file, algorithm == "ES256" ? ecdsa.ExportPkcs8PrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem());
        return file;
    }
}
