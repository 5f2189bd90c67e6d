using System.Buffers.Binary;
using System.Text;
using Chat4All.Frontend.RealTime.WebSockets;

namespace Chat4All.Tests.RealTime;

/// <summary>WebSocket frames as clients send them, right and wrong ones.</summary>
internal static class ClientFrameBytes
{
    private static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];

    public static byte[] Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static byte[] Text(byte[] payload) => Of(Opcode.Text, payload);

    public static byte[] Close(ushort code, string reason = "")
    {
        byte[] payload = [0, 0, .. Encoding.UTF8.GetBytes(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        return Of(Opcode.Close, payload);
    }

    public static byte[] Of(Opcode opcode, byte[] payload, bool final = true)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            <= ushort.MaxValue => [0x80 | 126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0x80 | 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [(byte)((final ? 0x80 : 0) | (byte)opcode), .. length, .. Mask, .. payload.Select((b, i) => (byte)(b ^ Mask[i % 4]))];
    }
}
