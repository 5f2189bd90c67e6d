using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Chat4All.Infrastructure.Files;

/// <summary>Copies between files inside the kernel: shared blocks where the file system can (XFS, Btrfs), no bytes through this process where it cannot.</summary>
internal static class FileCopy
{
    private const int BufferSize = 1024 * 1024;

    /// <summary>Small enough to notice a cancellation soon.</summary>
    private const long MaxStep = 64 * 1024 * 1024;

    public static void Append(SafeFileHandle source, SafeFileHandle target, long at, long length, CancellationToken cancellationToken)
    {
        var copied = 0L;
        while (copied < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = NativeFiles.CopyRange(source, copied, target, at + copied, Math.Min(MaxStep, length - copied));
            if (step < 0)
            {
                CopyBytes(source, copied, target, at + copied, length - copied, cancellationToken);
                return;
            }

            copied += step > 0 ? step : throw new EndOfStreamException("A part is shorter than it was noted.");
        }
    }

    /// <summary>For file systems that cannot copy by themselves.</summary>
    private static void CopyBytes(SafeFileHandle source, long from, SafeFileHandle target, long at, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var copied = 0L; copied < length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - copied)), from + copied);
                if (read == 0)
                {
                    throw new EndOfStreamException("A part is shorter than it was noted.");
                }

                RandomAccess.Write(target, buffer.AsSpan(0, read), at + copied);
                copied += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
