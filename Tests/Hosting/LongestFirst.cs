using Xunit.Abstractions;

// More at once than processors: most of these tests wait for a server's start or for an event.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer("Chat4All.Tests.Hosting.LongestFirst", "Chat4All.Tests")]

namespace Chat4All.Tests.Hosting;

/// <summary>Starts the classes that take minutes before the rest, so that none of them is what everything waits for in the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = ["PatientSocketTests", "HubOnKafkaTests", "WebhookDeliveryTests", "GrowthTests", "TwoBrowsersTests", "BackupTests", "FileOutageTests", "S3UploadTests", "TusOutageTests", "FirstAccountsTests", "ScenarioTests", "LogTests"];

    /// <inheritdoc />
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Rank);

    private static int Rank(ITestCollection collection)
    {
        var rank = Array.FindIndex(Longest, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
