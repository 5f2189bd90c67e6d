namespace Chat4All.Frontend.RealTime.Routing;

/// <summary>What a client that was away asks for.</summary>
/// <param name="Conversations">Conversation id → the last seq that the client has.</param>
/// <param name="Since">Also everything newer than this, status and read changes included.</param>
internal sealed record ResumeRequest(IReadOnlyDictionary<string, long> Conversations, DateTimeOffset? Since);

/// <summary>How resuming one conversation ended.</summary>
/// <param name="LastSeq">The client has got everything up to here.</param>
/// <param name="Code">Why it was refused: <c>not_member</c>, <c>future_seq</c>, <c>unknown</c> or <c>store_unavailable</c>; null when it was not.</param>
internal readonly record struct ResumeResult(string ConversationId, long LastSeq, string? Code = null);
