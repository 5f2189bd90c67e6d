using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Events;
using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Connectors.Simulator;

/// <summary>
/// What the simulated platforms took, one line of JSON a message. A line is handed to the operating system before the message counts as sent, so that killing this
/// process loses none; it is not synced, so a power cut may.
/// </summary>
internal sealed class SimulatorLedger : IDisposable
{
    private readonly Lock _writing = new();
    private readonly FileStream? _file;

    /// <param name="path">Appended to, made when missing; empty for a ledger that keeps nothing.</param>
    public SimulatorLedger(string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        EndLastLine(_file);
    }

    /// <summary>Throws <see cref="IOException"/> when the line could not be written.</summary>
    public void Append(OutgoingMessage message, Channels channel, DateTimeOffset at)
    {
        if (_file is null)
        {
            return;
        }

        var json = EventJson.Write((message, channel, at), static (json, line) =>
        {
            json.WriteString("delivery_id"u8, line.message.DeliveryId);
            json.WriteString("conversation_id"u8, line.message.ConversationId);
            if (line.message.Seq is { } seq)
            {
                json.WriteNumber("seq"u8, seq);
            }

            json.WriteString("channel"u8, ChannelNames.Join(line.channel));
            json.WriteString("address"u8, line.message.Address);
            json.WriteTimestamp("at"u8, line.at);
        });
        byte[] text = [.. json, (byte)'\n'];
        lock (_writing)
        {
            _file.Write(text);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Moves behind what is there. Half a line of a process that was killed while writing stays a line of its own.</summary>
    private static void EndLastLine(FileStream file)
    {
        if (file.Length == 0)
        {
            return;
        }

        file.Seek(-1, SeekOrigin.End);
        var complete = file.ReadByte() == '\n';
        file.Seek(0, SeekOrigin.End);
        if (!complete)
        {
            file.WriteByte((byte)'\n');
        }
    }
}
