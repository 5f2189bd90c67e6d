using Chat4All.Frontend.Auth;

namespace Chat4All.Tests.Auth;

public sealed class TokenCacheTests
{
    private readonly ManualTime _time = new();
    private readonly TokenCache _cache;

    public TokenCacheTests() => _cache = new TokenCache(new AuthOptions { TokenCacheSize = 100 }, _time);

    [Fact]
    public void What_was_added_is_found_by_its_text_alone()
    {
        Add("user1", 1);

        Assert.True(_cache.TryGet(Text(1), out var caller));
        Assert.Equal("user1", caller.UserId);
        Assert.False(_cache.TryGet(Text(2), out _));
    }

    [Fact]
    public void An_evicted_token_is_gone()
    {
        Add("user1", 1);

        _cache.EvictToken("id-1");

        Assert.False(_cache.TryGet(Text(1), out _));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void Evicting_a_user_takes_all_of_the_users_tokens_and_no_others()
    {
        Add("user1", 1);
        Add("user1", 2);
        Add("user2", 3);

        _cache.EvictUser("user1");

        Assert.False(_cache.TryGet(Text(1), out _) || _cache.TryGet(Text(2), out _));
        Assert.True(_cache.TryGet(Text(3), out _));
    }

    [Fact]
    public void What_was_read_before_a_revocation_is_not_kept_after_it()
    {
        var before = _cache.Generation;
        _cache.EvictToken("another");

        _cache.Add(Text(1), Caller("user1", 1), before);

        Assert.False(_cache.TryGet(Text(1), out _));
    }

    [Fact]
    public void A_second_spelling_of_a_token_is_not_kept_because_eviction_would_miss_it()
    {
        _cache.Add("first spelling of the token", Caller("user1", 1), _cache.Generation);
        _cache.Add("other spelling of the token", Caller("user1", 1), _cache.Generation);

        _cache.EvictToken("id-1");

        Assert.False(_cache.TryGet("first spelling of the token", out _) || _cache.TryGet("other spelling of the token", out _));
    }

    [Fact]
    public void An_entry_is_looked_up_again_after_a_minute_and_never_outlives_its_token()
    {
        Add("user1", 1);
        _cache.Add(Text(2), Caller("user1", 2) with { ExpiresAt = _time.GetUtcNow().AddSeconds(30) }, _cache.Generation);

        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.True(_cache.TryGet(Text(1), out _));
        Assert.False(_cache.TryGet(Text(2), out _));

        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(_cache.TryGet(Text(1), out _));
    }

    [Fact]
    public void It_holds_no_more_than_its_size_and_goes_on_taking_new_ones()
    {
        for (var i = 0; i < 1000; i++)
        {
            Add("user1", i);
            Assert.True(_cache.TryGet(Text(i), out _));
            Assert.InRange(_cache.Count, 1, 100);
        }
    }

    private static string Text(int number) => $"eyJ.header.payload.signature-{number:D24}";

    private Caller Caller(string userId, int number) => new(userId, userId, userId, Scopes.Read, $"id-{number}", _time.GetUtcNow().AddMinutes(15));

    private void Add(string userId, int number) => _cache.Add(Text(number), Caller(userId, number), _cache.Generation);
}
