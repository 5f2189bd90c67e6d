using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>One event in the forms that transports send, each made once for all the sockets that share it.</summary>
internal sealed class OutgoingFrame
{
    private const byte FinalText = 0x81;

    private readonly string _type;
    private readonly ReadOnlyMemory<byte> _data;
    private SerializedHubMessage? _hubMessage;

    private OutgoingFrame(string type, ReadOnlyMemory<byte> data, byte[] bytes) => (_type, _data, Bytes) = (type, data, bytes);

    /// <summary>The whole WebSocket frame, header included; nothing for what only hub connections get.</summary>
    public byte[] Bytes { get; }

    /// <summary>The SignalR invocation <c>event(type, data)</c> in the JSON protocol.</summary>
    public SerializedHubMessage HubMessage => _hubMessage ??= BuildHubMessage();

    /// <summary>An event as <c>{"type","timestamp","data"}</c>.</summary>
    public static OutgoingFrame ForEvent(LiveEvent liveEvent) => ForEvent(liveEvent.Type, liveEvent.Timestamp, liveEvent.Data);

    /// <inheritdoc cref="ForEvent(LiveEvent)"/>
    /// <param name="type">One of our own names: it is not escaped.</param>
    public static OutgoingFrame ForEvent(string type, DateTimeOffset timestamp, ReadOnlyMemory<byte> data)
    {
        var opening = """{"type":" """u8[..^1];
        var middle = "\",\"timestamp\":\""u8;
        var closing = "\",\"data\":"u8;
        Span<byte> time = stackalloc byte[32];
        timestamp.UtcDateTime.TryFormat(time, out var timeLength, EventJson.TimestampFormat, CultureInfo.InvariantCulture);

        var length = opening.Length + type.Length + middle.Length + timeLength + closing.Length + data.Length + 1;
        var rest = Allocate(FinalText, length, out var bytes);
        Append(ref rest, opening);
        rest = rest[Encoding.ASCII.GetBytes(type, rest)..];
        Append(ref rest, middle);
        Append(ref rest, time[..timeLength]);
        Append(ref rest, closing);
        Append(ref rest, data.Span);
        rest[0] = (byte)'}';
        return new OutgoingFrame(type, data, bytes);
    }

    /// <summary>A ready JSON text as a frame; <paramref name="data"/> is what hub connections get as the event's data.</summary>
    public static OutgoingFrame ForText(string type, ReadOnlySpan<byte> text, ReadOnlyMemory<byte> data)
    {
        text.CopyTo(Allocate(FinalText, text.Length, out var bytes));
        return new OutgoingFrame(type, data, bytes);
    }

    /// <summary>A WebSocket control frame; up to 125 bytes.</summary>
    public static OutgoingFrame ForControl(byte opcode, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(Allocate((byte)(0x80 | opcode), payload.Length, out var bytes));
        return new OutgoingFrame("", default, bytes);
    }

    /// <summary>Two frames that are always sent together.</summary>
    public static OutgoingFrame Join(OutgoingFrame first, OutgoingFrame second) =>
        new(second._type, second._data, [.. first.Bytes, .. second.Bytes]);

    private static Span<byte> Allocate(byte first, int payload, out byte[] bytes)
    {
        var header = payload switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
        bytes = GC.AllocateUninitializedArray<byte>(header + payload);
        bytes[0] = first;
        switch (header)
        {
            case 2:
                bytes[1] = (byte)payload;
                break;
            case 4:
                bytes[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)payload);
                break;
            default:
                bytes[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), payload);
                break;
        }

        return bytes.AsSpan(header);
    }

    private static void Append(ref Span<byte> rest, scoped ReadOnlySpan<byte> part)
    {
        part.CopyTo(rest);
        rest = rest[part.Length..];
    }

    private SerializedHubMessage BuildHubMessage()
    {
        const byte RecordSeparator = 0x1e;
        byte[] message =
        [
            .. """{"type":1,"target":"event","arguments":[" """u8[..^1], .. Encoding.ASCII.GetBytes(_type), .. "\","u8, .. _data.Span, .. "]}"u8, RecordSeparator,
        ];
        return new SerializedHubMessage([new SerializedMessage("json", message)]);
    }
}
