using System.Collections.Concurrent;

namespace Chat4All.Frontend.Auth;

/// <summary>Validated tokens by their text, so that a request costs one look-up. Bounded; revocation removes an entry before anybody is told of it.</summary>
internal sealed class TokenCache
{
    /// <summary>An entry is read from the store again after this time at the latest, which bounds how old a name can be on another node.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Entry> _byText = new(TokenTextComparer.Instance);
    private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly ConcurrentDictionary<string, string> _textById = new(StringComparer.Ordinal);
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private long _generation;
    private int _count;

    public TokenCache(AuthOptions options, TimeProvider time)
    {
        (_capacity, _time) = (options.TokenCacheSize, time);
        _lookup = _byText.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Changes with each eviction. Read it before the store and hand it to <see cref="Add"/>.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Tokens held now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The caller behind a token that was found valid a moment ago and has not ended since.</summary>
    public bool TryGet(ReadOnlySpan<char> token, out Caller caller)
    {
        if (_lookup.TryGetValue(token, out var entry) && _time.GetUtcNow() < entry.FreshUntil)
        {
            caller = entry.Caller;
            return true;
        }

        caller = null!;
        return false;
    }

    /// <summary>Keeps a token, unless something was revoked since <paramref name="generation"/> was read: then what the store said may be outdated.</summary>
    public void Add(string token, Caller caller, long generation)
    {
        if (Count >= _capacity)
        {
            MakeRoom();
        }

        // One text a token: base64 has several spellings of the same signature, and eviction must not miss one.
        if (_textById.GetOrAdd(caller.TokenId, token) != token)
        {
            return;
        }

        var refresh = _time.GetUtcNow() + Refresh;
        var entry = new Entry(caller, refresh < caller.ExpiresAt ? refresh : caller.ExpiresAt);
        if (_byText.TryAdd(token, entry))
        {
            Interlocked.Increment(ref _count);
        }
        else
        {
            _byText[token] = entry;
        }

        if (Generation != generation)
        {
            Remove(token, caller.TokenId);
        }
    }

    /// <summary>Forgets one token.</summary>
    public void EvictToken(string tokenId)
    {
        Interlocked.Increment(ref _generation);
        if (_textById.TryGetValue(tokenId, out var token))
        {
            Remove(token, tokenId);
        }
    }

    /// <summary>Forgets all tokens of a user.</summary>
    public void EvictUser(string userId)
    {
        Interlocked.Increment(ref _generation);
        foreach (var (token, entry) in _byText)
        {
            if (entry.Caller.UserId == userId)
            {
                Remove(token, entry.Caller.TokenId);
            }
        }
    }

    private void MakeRoom()
    {
        var now = _time.GetUtcNow();
        foreach (var (token, entry) in _byText)
        {
            if (entry.FreshUntil <= now)
            {
                Remove(token, entry.Caller.TokenId);
            }
        }

        // All in use: any sixteenth goes and is read again when it comes back.
        foreach (var (token, entry) in _byText.Take(Count < _capacity ? 0 : Math.Max(1, _capacity / 16)))
        {
            Remove(token, entry.Caller.TokenId);
        }
    }

    private void Remove(string token, string tokenId)
    {
        if (_byText.TryRemove(token, out _))
        {
            Interlocked.Decrement(ref _count);
        }

        _textById.TryRemove(tokenId, out _);
    }

    private sealed record Entry(Caller Caller, DateTimeOffset FreshUntil);
}
