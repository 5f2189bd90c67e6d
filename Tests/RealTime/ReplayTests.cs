using System.Text;
using Chat4All.Frontend.RealTime.Connections;

namespace Chat4All.Tests.RealTime;

public sealed class ReplayTests
{
    [Fact]
    public void Everything_behind_the_position_is_missing_while_nothing_is_held()
    {
        Assert.Equal(9, new Replay(4).MissingUpTo(9));
        Assert.Null(new Replay(9).MissingUpTo(9));
        Assert.Null(new Replay(12).MissingUpTo(9));
    }

    [Fact]
    public void The_store_is_needed_only_up_to_what_is_held()
    {
        var replay = new Replay(4);
        replay.Hold(8, Frame("8"));
        replay.Hold(0, Frame("status"));
        replay.Hold(9, Frame("9"));

        Assert.Equal(7, replay.MissingUpTo(9));
        replay.MoveTo(7);
        Assert.Null(replay.MissingUpTo(9));
        Assert.Equal(["8", "status", "9"], Texts(replay));
    }

    [Fact]
    public void What_the_store_gave_is_not_sent_again()
    {
        var replay = new Replay(4);
        replay.Hold(5, Frame("5"));
        replay.Hold(6, Frame("6"));
        replay.MoveTo(5);

        Assert.Equal(["6"], Texts(replay));
    }

    [Fact]
    public void The_oldest_numbered_events_make_room_because_the_store_has_them()
    {
        var replay = new Replay(0);
        replay.Hold(0, Frame("status"));
        for (var seq = 1; seq <= Replay.MaxHeld + 5; seq++)
        {
            Assert.True(replay.Hold(seq, Frame($"{seq}")));
        }

        Assert.Equal(7, replay.FirstHeld);
        Assert.Equal(6, replay.MissingUpTo(Replay.MaxHeld + 5));
        Assert.Equal("status", Texts(replay)[0]);
    }

    [Fact]
    public void Events_that_nothing_can_bring_back_are_never_dropped()
    {
        var replay = new Replay(0);
        for (var i = 0; i < Replay.MaxHeld; i++)
        {
            Assert.True(replay.Hold(0, Frame("status")));
        }

        Assert.False(replay.Hold(0, Frame("one too many")));
    }

    [Fact]
    public void A_removed_user_gets_nothing_behind_its_removal()
    {
        var replay = new Replay(4) { EndsAt = 6 };

        Assert.Equal(6, replay.MissingUpTo(20));
        replay.MoveTo(6);
        Assert.Null(replay.MissingUpTo(20));
    }

    private static OutgoingFrame Frame(string text) => OutgoingFrame.ForText("t", Encoding.ASCII.GetBytes(text), default);

    private static string[] Texts(Replay replay) => [.. replay.Rest().Select(frame => Encoding.ASCII.GetString(frame.Bytes.AsSpan(2)))];
}
