using System.Security.Cryptography;
using System.Text;
using Chat4All.Frontend.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace Chat4All.Frontend.Auth;

/// <summary>The key that signs new tokens and the older ones that are still believed.</summary>
internal sealed class SigningKeys
{
    private readonly Dictionary<string, SigningKey> _byId;

    public SigningKeys(AuthOptions options, StoreOptions store)
    {
        Current = options.Algorithm == "HS256"
            ? SigningKey.FromSecret(options.SecretKey.Length > 0 ? Encoding.UTF8.GetBytes(options.SecretKey) : KeptSecret(store.Data))
            : SigningKey.FromPem(options.KeyFile, options.Algorithm);
        var previous = options.PreviousSecretKeys.Where(static k => k.Length > 0).Select(static k => SigningKey.FromSecret(Encoding.UTF8.GetBytes(k)))
            .Concat(options.PreviousKeyFiles.Where(static f => f.Length > 0).Select(static f => SigningKey.FromPem(f, null)));
        _byId = new Dictionary<string, SigningKey>(StringComparer.Ordinal) { [Current.Id] = Current };
        foreach (var key in previous)
        {
            _byId.TryAdd(key.Id, key);
        }
    }

    /// <summary>Signs new tokens.</summary>
    public SigningKey Current { get; }

    /// <summary>Every key whose tokens are accepted.</summary>
    public IEnumerable<SigningKey> All => _byId.Values;

    /// <summary>The key with this <c>kid</c>, or null.</summary>
    public SecurityKey? Find(string? id) => id is not null && _byId.TryGetValue(id, out var key) ? key.Key : null;

    /// <summary>256 random bits in <c>jwt-secret</c>, made once, so that tokens outlive a restart.</summary>
    private static byte[] KeptSecret(string dataFolder) =>
        Convert.FromHexString(PrivateFile.ReadOrCreate(Path.Combine(dataFolder, "jwt-secret"), static () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
}
