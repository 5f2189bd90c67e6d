using System.Globalization;
using System.Runtime.InteropServices;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Tests.Kafka;

/// <summary>
/// librdkafka's own mock cluster as a program: real brokers on loopback ports, in memory. It obeys numbered commands on standard input, each answered by its number and an error code,
/// and ends with its input.
/// </summary>
internal static class MockClusterProgram
{
    private const int ProducerClient = 0;

    /// <param name="brokers">How many.</param>
    /// <param name="partitions">Of the hub's topics, made at the start; 0: none is made.</param>
    public static int Run(int brokers, int partitions)
    {
        var error = new byte[512];
        var client = LibRdKafka.rd_kafka_new(ProducerClient, LibRdKafka.rd_kafka_conf_new(), error, error.Length);
        var cluster = LibRdKafka.rd_kafka_mock_cluster_new(client, brokers);
        LibRdKafka.rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 100);
        foreach (var topic in partitions > 0 ? Topics.All : [])
        {
            if (LibRdKafka.rd_kafka_mock_topic_create(cluster, topic, partitions, 3) != 0)
            {
                return 1;
            }
        }

        Console.WriteLine($"bootstrap {Marshal.PtrToStringUTF8(LibRdKafka.rd_kafka_mock_cluster_bootstraps(cluster))}");
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            Console.WriteLine($"{words[0]} {Obey(cluster, words[1..])}");
        }

        LibRdKafka.rd_kafka_mock_cluster_destroy(cluster);
        LibRdKafka.rd_kafka_destroy(client);
        return 0;
    }

    private static int Obey(nint cluster, string[] command)
    {
        return command switch
        {
            ["topic", var name, var partitions] => LibRdKafka.rd_kafka_mock_topic_create(cluster, name, Number(partitions), 3),
            ["down", var broker] => LibRdKafka.rd_kafka_mock_broker_set_down(cluster, Number(broker)),
            ["up", var broker] => LibRdKafka.rd_kafka_mock_broker_set_up(cluster, Number(broker)),
            ["delay", var broker, var milliseconds] => LibRdKafka.rd_kafka_mock_broker_set_rtt(cluster, Number(broker), Number(milliseconds)),
            ["leader", var topic, var partition, var broker] => LibRdKafka.rd_kafka_mock_partition_set_leader(cluster, topic, Number(partition), Number(broker)),
            ["errors", var api, .. var codes] => Push(cluster, (short)Number(api), [.. codes.Select(Number)]),
            _ => -1,
        };
    }

    private static int Push(nint cluster, short api, int[] codes)
    {
        LibRdKafka.rd_kafka_mock_push_request_errors_array(cluster, api, (nuint)codes.Length, codes);
        return 0;
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
