using System.Reflection;
using System.Text;
using Chat4All.Frontend.Auth;
using Chat4All.Frontend.RealTime;
using Chat4All.Frontend.RealTime.Connections;
using Chat4All.Frontend.RealTime.Routing;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Tests.RealTime;

public sealed class StoredChangesTests
{
    [Fact]
    public async Task A_client_that_was_away_for_long_hears_of_every_change_and_is_not_flooded()
    {
        const int count = 6_000;
        var reader = DispatchProxy.Create<IConversationReader, Changes>();
        ((Changes)(object)reader).Count = count;
        using var metrics = new RealTimeMetrics();
        var options = new RealTimeOptions { MaxQueuedBytes = 16 * 1024 };
        var connection = new Client(options, metrics);

        await new StoredChanges(reader).SendAsync(connection, DateTimeOffset.UnixEpoch, default);
        await connection.WhenDrained();

        Assert.Equal(count, connection.Frames.Count(frame => frame.Contains("message.status_updated", StringComparison.Ordinal)));
        Assert.Equal(count, connection.Frames.Count(frame => frame.Contains("conversation.read", StringComparison.Ordinal)));
        Assert.False(connection.IsClosing);
    }

    /// <summary>A reader that knows of so many changes of each kind.</summary>
    private class Changes : DispatchProxy
    {
        public int Count { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IConversationReader.ListStatusChangesAsync) => Page(args!, (args![2] as StoredMessage)?.Seq, Message),
            nameof(IConversationReader.ListCursorChangesAsync) => Page(args!, (args![2] as CursorChange?)?.Cursor.LastReadSeq, Cursor),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private Task<IReadOnlyList<T>> Page<T>(object?[] args, long? after, Func<int, T> change)
        {
            var first = (int)(after ?? 0) + 1;
            return Task.FromResult<IReadOnlyList<T>>([.. Enumerable.Range(first, Math.Clamp(Count - first + 1, 0, (int)args[3]!)).Select(change)]);
        }

        private static CursorChange Cursor(int seq) => new("c1", "u2", "User Two", new ReadCursor(seq, DateTimeOffset.UnixEpoch.AddSeconds(seq)));

        private static StoredMessage Message(int seq) => new()
        {
            MessageId = $"m{seq}",
            ConversationId = "c1",
            Seq = seq,
            SenderId = "u1",
            Kind = PayloadKind.Text,
            Payload = "{}",
            Channels = Channels.Chat4All,
            Priority = MessagePriority.Normal,
            Status = MessageStatus.Delivered,
            CreatedAt = DateTimeOffset.UnixEpoch,
            StatusAt = DateTimeOffset.UnixEpoch.AddSeconds(seq),
        };
    }

    private sealed class Client(RealTimeOptions options, RealTimeMetrics metrics)
        : ChatConnection(new Caller("u1", "u1", "u1", Scopes.Read, "", DateTimeOffset.MaxValue), options, metrics)
    {
        public List<string> Frames { get; } = [];

        public override string Transport => "test";

        public override void Abort()
        {
        }

        public override async ValueTask WriteAsync(List<OutgoingFrame> frames)
        {
            await Task.Yield();
            Frames.AddRange(frames.Select(frame => Encoding.UTF8.GetString(frame.Bytes)));
        }

        public override void WritingEnded(Exception? fault)
        {
        }

        protected override OutgoingFrame? LastFrame(CloseCode code) => null;
    }
}
