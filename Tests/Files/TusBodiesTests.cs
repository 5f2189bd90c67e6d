using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Grains.Abstractions;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Files;

public sealed class TusBodiesTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly TusBodies _bodies;

    public TusBodiesTests() => _bodies = new TusBodies(_time);

    public void Dispose() => _bodies.Dispose();

    [Fact]
    public async Task A_user_has_four_places_and_everybody_sixty_four_and_others_wait_for_them()
    {
        var places = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Take($"u{i / 4}")));

        var stranger = Take("u99");
        var fifth = Take("u0");
        Assert.False(stranger.IsCompleted);
        Assert.False(fifth.IsCompleted);
        places[0].Dispose();
        using var next = await stranger;
        Assert.False(fifth.IsCompleted);
        places[4].Dispose();
        using var last = await fifth;

        Assert.All(places, place => Assert.Equal(TusBodies.PieceSize, place.Piece.Length));
        Assert.Same(places[0].Piece, next.Piece);
        Assert.Same(places[4].Piece, last.Piece);
        Assert.Equal(64, places.Select(place => place.Piece).Distinct().Count());
    }

    [Fact]
    public async Task Who_waits_for_too_long_or_goes_away_gets_no_place_and_takes_none()
    {
        var places = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Take("u1")));
        using var away = new CancellationTokenSource();
        var leaving = _bodies.TakeAsync("u1", null, away.Token);
        await away.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        var late = Take("u1");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(ErrorCodes.Overloaded, (await Assert.ThrowsAsync<ChatException>(() => late)).Error.Code);

        foreach (var place in places)
        {
            place.Dispose();
        }

        Assert.Equal(4, (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Take("u1")))).Length);
    }

    [Fact]
    public async Task A_short_body_gets_a_short_piece()
    {
        using var place = await _bodies.TakeAsync("u1", 1000, default);

        Assert.Equal(1000, place.Piece.Length);
    }

    private Task<TusBodies.Place> Take(string userId) => _bodies.TakeAsync(userId, null, default);
}
