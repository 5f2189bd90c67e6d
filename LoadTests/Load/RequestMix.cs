using Chat4All.LoadTests.Http;

namespace Chat4All.LoadTests.Load;

/// <summary>Prebuilt requests, picked at random (seeded), numbered where they have a place for it.</summary>
internal sealed class RequestMix(IReadOnlyList<RequestTemplate> requests, int seed = 20_261)
{
    private readonly Random _random = new(seed);

    /// <summary>Number of the request that <see cref="Next"/> gave last; the first is 1.</summary>
    public long LastNumber { get; private set; }

    /// <summary>The next request's bytes, valid until the call after.</summary>
    public ReadOnlySpan<byte> Next() => requests[_random.Next(requests.Count)].WithNumber(++LastNumber);
}
