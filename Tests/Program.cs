using System.Globalization;
using Chat4All.Tests.Kafka;

// What tests start as processes of their own, to be killed or to stand in for what cannot be installed.
return args switch
{
    ["kafka", var brokers, var partitions] => MockClusterProgram.Run(int.Parse(brokers, CultureInfo.InvariantCulture), int.Parse(partitions, CultureInfo.InvariantCulture)),
    ["consume", var servers, var topic, var group] => await ConsumerProcess.RunAsync(servers, topic, group),
    _ => 2,
};
