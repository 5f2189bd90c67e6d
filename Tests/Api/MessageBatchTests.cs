using System.Reflection;
using System.Text;
using Chat4All.Frontend.Api;
using Chat4All.Frontend.Auth;
using Chat4All.Grains.Abstractions;
using Microsoft.AspNetCore.Http;
using Orleans;
using Orleans.Runtime;

namespace Chat4All.Tests.Api;

public sealed class MessageBatchTests
{
    public static TheoryData<Exception> Lost => [new TimeoutException("too slow"), new OrleansException("the silo is gone")];

    [Theory]
    [MemberData(nameof(Lost))]
    public async Task One_conversation_whose_answer_is_lost_does_not_hide_the_others_answers(Exception lost)
    {
        var context = new DefaultHttpContext();
        context.SetCaller(new Caller("u1", "u1", "u1", Scopes.Write, "", DateTimeOffset.MaxValue));
        var batch = MessageBatch.Parse(context, Encoding.UTF8.GetBytes($$"""{"messages":[{{Message("m1", "good")}},{{Message("m2", "lost")}},{{Message("m3", "good")}}]}"""));
        var grains = DispatchProxy.Create<IGrainFactory, Grains>();
        ((Grains)(object)grains).Failure = lost;

        var results = await batch.SendAsync(grains, default);

        Assert.Equal([("m1", "accepted", null), ("m2", "rejected", "outcome_unknown"), ("m3", "accepted", null)], results.Select(result => (result.MessageId, result.Status, result.Error)));
    }

    private static string Message(string id, string conversation) =>
        $$$"""{"message_id":"{{{id}}}","conversation_id":"{{{conversation}}}","channels":["chat4all"],"payload":{"type":"text","text":"x"}}""";

    /// <summary>Conversations that take everything, but for the one called <c>lost</c>.</summary>
    private class Grains : DispatchProxy
    {
        public Exception Failure { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var conversation = Create<IConversationGrain, Conversation>();
            ((Conversation)(object)conversation).Failure = (string)args![0]! == "lost" ? Failure : null;
            return conversation;
        }
    }

    private class Conversation : DispatchProxy
    {
        public Exception? Failure { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Failure is null
            ? new ValueTask<SendOutcome[]>([.. ((SendMessage[])args![0]!).Select((message, i) => Accepted(message, i + 1))])
            : new ValueTask<SendOutcome[]>(Task.FromException<SendOutcome[]>(Failure));

        private static SendOutcome Accepted(SendMessage message, long seq) =>
            new() { Receipt = new SendReceipt { MessageId = message.MessageId, ConversationId = "good", Seq = seq, CreatedAt = DateTimeOffset.UnixEpoch } };
    }
}
