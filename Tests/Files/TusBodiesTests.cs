using Chat4All.Frontend.Api.Files.Tus;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Tests.Files;

public sealed class TusBodiesTests
{
    [Fact]
    public void A_user_has_four_places_and_everybody_sixty_four()
    {
        var bodies = new TusBodies();
        var places = Enumerable.Range(0, 64).Select(i => bodies.Take($"u{i / 4}")).ToArray();

        Assert.Equal(ErrorCodes.Overloaded, Assert.Throws<ChatException>(() => bodies.Take("u99")).Error.Code);
        places[0].Dispose();
        Assert.Equal(ErrorCodes.Overloaded, Assert.Throws<ChatException>(() => bodies.Take("u1")).Error.Code);
        using var next = bodies.Take("u0");

        Assert.All(places, place => Assert.Equal(TusBodies.PieceSize, place.Piece.Length));
        Assert.Same(places[0].Piece, next.Piece);
        Assert.Equal(64, places.Select(place => place.Piece).Distinct().Count());
    }
}
