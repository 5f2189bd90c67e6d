using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Chat4All.LoadTests.Sockets;

/// <summary>An array of <c>struct epoll_event</c>, which is packed to 12 bytes on x86-64 and padded to 16 elsewhere.</summary>
internal sealed class EpollEvents(int capacity)
{
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + 8;

    private readonly byte[] _bytes = new byte[capacity * Stride];

    public int Capacity => capacity;

    /// <summary>Where the kernel writes.</summary>
    public ref byte First => ref _bytes[0];

    public void Set(int index, uint events, int descriptor)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(index * Stride), events);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan((index * Stride) + DataOffset), (ulong)descriptor);
    }

    public uint EventsAt(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(index * Stride));

    public int DescriptorAt(int index) => (int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan((index * Stride) + DataOffset));
}
