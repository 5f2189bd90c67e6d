using Chat4All.Infrastructure.Kafka;
using Chat4All.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Chat4All.Tests.Kafka;

public sealed class KafkaSettingsTests
{
    private static readonly KafkaOptions Good = new() { BootstrapServers = "127.0.0.1:1" };

    public static TheoryData<string, KafkaOptions> Wrong => new()
    {
        { "Kafka:BootstrapServers must name at least one host:port.", new KafkaOptions() },
        { "Kafka:Partitions must be 1 to 10000.", Good with { Partitions = 0 } },
        { "Kafka:ReplicationFactor must be 1 to 15.", Good with { ReplicationFactor = 16 } },
        { "Kafka:MinInSyncReplicas must be 1 to Kafka:ReplicationFactor.", Good with { ReplicationFactor = 1 } },
        { "Kafka:Compression must be none, gzip, snappy, lz4 or zstd.", Good with { Compression = "zip" } },
        { "Kafka:Client:ACKS is set by Chat4All itself.", Good with { Client = new() { ["ACKS"] = "1" } } },
        { "Kafka:Client: No such configuration property: \"no.such.setting\"", Good with { Client = new() { ["no.such.setting"] = "1" } } },
        { "Kafka:Client: Invalid value \"odd\" for configuration property \"security.protocol\"", Good with { Client = new() { ["security.protocol"] = "odd" } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_setting_is_named_at_start(string problem, KafkaOptions options) =>
        Assert.Equal(problem, Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddKafkaLog(options)).Message);

    [Fact]
    public void Settings_of_the_client_are_passed_on() =>
        new ServiceCollection().AddKafkaLog(Good with
        {
            Client = new() { ["security.protocol"] = "SASL_SSL", ["sasl.mechanism"] = "SCRAM-SHA-512", ["sasl.username"] = "u", ["sasl.password"] = "p" },
        });

    [Fact]
    [Trait("Category", "Integration")]
    public async Task The_server_names_a_wrong_setting_and_ends()
    {
        await using var hub = await HubServer.PrepareAsync(new HubOptions
        {
            Environment = new Dictionary<string, string> { ["KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1", ["KAFKA_SECURITY_PROTOCOL"] = "odd" },
        });

        var (code, output) = await hub.RunAsync("--port", $"{FreePort.Next()}");

        Assert.NotEqual(0, code);
        Assert.Contains("Kafka:Client: Invalid value \"odd\" for configuration property \"security.protocol\"", output, StringComparison.Ordinal);
    }
}
