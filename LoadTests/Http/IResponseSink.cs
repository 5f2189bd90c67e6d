namespace Chat4All.LoadTests.Http;

/// <summary>Gets the answers of <see cref="HttpConnection"/>s, on the loop's thread.</summary>
internal interface IResponseSink
{
    /// <param name="connection">Free again: the next request may be sent from within this call.</param>
    /// <param name="response">Status and place of the answer.</param>
    /// <param name="received">The bytes it lies in, valid during this call only.</param>
    /// <param name="now">When it was received, a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</param>
    void OnResponse(HttpConnection connection, in HttpResponse response, ReadOnlySpan<byte> received, long now);

    /// <summary>The connection is gone; <paramref name="wasWaiting"/> when an answer was still owed, so that its outcome is unknown.</summary>
    void OnClosed(HttpConnection connection, string reason, bool wasWaiting);
}
