namespace Chat4All.Tests.LoadTests;

/// <summary>A conversation of the <see cref="StubHub"/>.</summary>
internal sealed class StubConversation(string id, string[] members)
{
    private readonly Lock _lock = new();

    public string Id => id;

    public string[] Members => members;

    public long LastSeq { get; private set; }

    public long Append(string messageId, Action<StubConversation, string, long> deliver)
    {
        lock (_lock)
        {
            LastSeq++;
            deliver(this, messageId, LastSeq);
            return LastSeq;
        }
    }
}
