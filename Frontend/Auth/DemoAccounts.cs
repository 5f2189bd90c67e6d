using System.Collections.Concurrent;
using System.Net;
using Chat4All.Frontend.Hosting;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary>
/// The published accounts <c>user1</c> … <c>user10</c> with the published secret. An account is one of them while that secret opens it, whoever made it;
/// such an account works from loopback only, and never in production.
/// </summary>
internal sealed class DemoAccounts(IUserStore users, SecretHasher hasher, SecretVerifier verifier, ServerOptions server)
{
    /// <summary>The published secret.</summary>
    public const string Secret = "password123";

    private const int MaxHashes = 1000;

    // One entry a stored hash: the demo accounts share theirs, so that this costs one slow check in the process's life.
    private readonly ConcurrentDictionary<string, bool> _opens = new(StringComparer.Ordinal);

    /// <summary>The ids, which are the names too.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Enumerable.Range(1, 10).Select(static n => $"user{n}")];

    /// <summary>Whether the user is a demo account now.</summary>
    public async ValueTask<bool> IsDemoAsync(string userId, CancellationToken cancellationToken)
    {
        if (!Ids.Contains(userId))
        {
            return false;
        }

        var hash = (await users.FindCredentialsAsync(userId, cancellationToken))?.SecretHash;
        if (hash is null)
        {
            return false;
        }

        if (!_opens.TryGetValue(hash, out var opens))
        {
            opens = await verifier.VerifyAsync(hash, Secret, static () => true, cancellationToken) is true;
            if (_opens.Count >= MaxHashes)
            {
                _opens.Clear();
            }

            _opens[hash] = opens;
        }

        return opens;
    }

    /// <summary>The one hash that all demo accounts share, which gives nothing away: the secret is published.</summary>
    public string NewSharedHash()
    {
        var hash = hasher.Hash(Secret);
        _opens[hash] = true;
        return hash;
    }

    /// <summary>Whether a demo account may be used by this request.</summary>
    public bool IsAllowed(HttpContext context) =>
        IsAllowed(context.Connection.RemoteIpAddress)
        // A proxy on this machine that is not among the trusted ones must not lend its loopback address to the world.
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    /// <summary>Whether a demo account may be used from an address by somebody who speaks for nobody else.</summary>
    public bool IsAllowed(IPAddress? address) => !server.IsProduction && address is not null && IPAddress.IsLoopback(address);
}
