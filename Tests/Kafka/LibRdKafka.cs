using System.Runtime.InteropServices;

namespace Chat4All.Tests.Kafka;

/// <summary>The part of librdkafka's <c>rdkafka_mock.h</c> that Confluent.Kafka has no use for, in the very library that it brings.</summary>
internal static class LibRdKafka
{
    private const string Library = "librdkafka";

    /// <summary>The same without Kerberos, for systems that lack its library.</summary>
    private const string WithoutKerberos = "centos8-librdkafka";

    static LibRdKafka() => NativeLibrary.SetDllImportResolver(
        typeof(LibRdKafka).Assembly,
        static (name, assembly, path) => name == Library && !NativeLibrary.TryLoad(Library, assembly, path, out _) ? NativeLibrary.Load(WithoutKerberos, assembly, path) : 0);

    [DllImport(Library)]
    public static extern nint rd_kafka_conf_new();

    [DllImport(Library)]
    public static extern nint rd_kafka_new(int type, nint conf, byte[] error, nint size);

    [DllImport(Library)]
    public static extern void rd_kafka_destroy(nint client);

    [DllImport(Library)]
    public static extern nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [DllImport(Library)]
    public static extern void rd_kafka_mock_cluster_destroy(nint cluster);

    [DllImport(Library)]
    public static extern void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int delay);

    [DllImport(Library)]
    public static extern nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_topic_create(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partitions, int replicas);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_broker_set_down(nint cluster, int broker);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_broker_set_up(nint cluster, int broker);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_broker_set_rtt(nint cluster, int broker, int milliseconds);

    [DllImport(Library)]
    public static extern int rd_kafka_mock_partition_set_leader(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string topic, int partition, int broker);

    [DllImport(Library)]
    public static extern void rd_kafka_mock_push_request_errors_array(nint cluster, short api, nuint count, int[] errors);
}
