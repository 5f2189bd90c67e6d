using Chat4All.LoadTests.WebSockets;

namespace Chat4All.Tests.LoadTests;

public sealed class FrameHeaderTests
{
    [Theory]
    [InlineData(new byte[] { 0x81, 5 }, FrameHeader.Text, 2, 5)]
    [InlineData(new byte[] { 0x88, 0 }, FrameHeader.Close, 2, 0)]
    [InlineData(new byte[] { 0x81, 125 }, FrameHeader.Text, 2, 125)]
    [InlineData(new byte[] { 0x81, 126, 0x01, 0x00 }, FrameHeader.Text, 4, 256)]
    [InlineData(new byte[] { 0x89, 127, 0, 0, 0, 0, 0, 1, 0, 0 }, FrameHeader.Ping, 10, 65_536)]
    public void A_header_is_read_in_each_of_its_lengths(byte[] bytes, int opcode, int headerLength, int payloadLength)
    {
        Assert.True(FrameHeader.TryRead(bytes, out var header));
        Assert.Equal(new FrameHeader(opcode, headerLength, payloadLength), header);
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            Assert.False(FrameHeader.TryRead(bytes.AsSpan(0, cut), out _));
        }
    }

    [Fact]
    public void A_masked_frame_from_a_server_is_refused() =>
        Assert.Throws<FormatException>(() => FrameHeader.TryRead([0x81, 0x85, 1, 2, 3, 4], out _));

    [Fact]
    public void A_frame_beyond_the_bound_is_refused() =>
        Assert.Throws<FormatException>(() => FrameHeader.TryRead([0x81, 127, 0, 0, 0, 0, 0x01, 0, 0, 1], out _));

    [Fact]
    public void A_pong_carries_the_pings_payload_masked()
    {
        Span<byte> frame = stackalloc byte[131];
        var length = FrameHeader.WriteControl(frame, FrameHeader.Pong, [7, 8, 9]);
        Assert.Equal([0x8A, 0x83, 0, 0, 0, 0, 7, 8, 9], frame[..length].ToArray());
    }
}
