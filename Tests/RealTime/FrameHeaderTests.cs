using System.Buffers;
using Chat4All.Frontend.RealTime;
using Chat4All.Frontend.RealTime.WebSockets;

namespace Chat4All.Tests.RealTime;

public sealed class FrameHeaderTests
{
    private const int MaxPayload = 100_000;

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "not masked", [0x81, 0x01, 0x41], 1002 },
        { "first reserved bit", [0xc1, 0x80, 0, 0, 0, 0], 1002 },
        { "third reserved bit", [0x91, 0x80, 0, 0, 0, 0], 1002 },
        { "reserved data opcode", [0x83, 0x80, 0, 0, 0, 0], 1002 },
        { "reserved control opcode", [0x8b, 0x80, 0, 0, 0, 0], 1002 },
        { "control frame in fragments", [0x09, 0x80, 0, 0, 0, 0], 1002 },
        { "control frame of 126 bytes", [0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002 },
        { "length that needs no 16 bits", [0x81, 0xfe, 0, 125, 0, 0, 0, 0], 1002 },
        { "length that needs no 64 bits", [0x81, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0], 1002 },
        { "negative length", [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002 },
        { "longer than allowed", [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa1, 0, 0, 0, 0], 1009 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void A_violation_is_seen_in_the_header(string what, byte[] bytes, int code)
    {
        Assert.Null(FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes), MaxPayload, out var violation));
        Assert.True(violation == (CloseCode)code, what);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(MaxPayload)]
    public void A_masked_frame_of_any_length_comes_out_as_it_went_in(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var bytes = ClientFrameBytes.Text(payload);

        var header = FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes), MaxPayload, out var violation);

        Assert.Null(violation);
        Assert.Equal((true, Opcode.Text, length), (header!.Value.Final, header.Value.Opcode, header.Value.PayloadLength));
        var copy = new byte[length];
        header.Value.CopyPayload(new ReadOnlySequence<byte>(bytes), copy);
        Assert.Equal(payload, copy);
    }

    [Fact]
    public void An_incomplete_header_is_no_violation()
    {
        var bytes = ClientFrameBytes.Text(new byte[70_000]);
        for (var length = 0; length < 14; length++)
        {
            Assert.Null(FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes, 0, length), MaxPayload, out var violation));
            Assert.Null(violation);
        }

        Assert.NotNull(FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes, 0, 14), MaxPayload, out _));
    }
}
