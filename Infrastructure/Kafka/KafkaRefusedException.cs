namespace Chat4All.Infrastructure.Kafka;

/// <summary>The cluster did not take events, or not in time.</summary>
internal sealed class KafkaRefusedException(string message, Exception? cause = null) : Exception(message, cause);
