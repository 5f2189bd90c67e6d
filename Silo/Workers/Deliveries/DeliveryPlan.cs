using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Silo.Workers.Deliveries;

/// <summary>Who gets a message on which channels.</summary>
internal sealed class DeliveryPlan(ILookup<string, string> members, ILookup<string, string> linkedChannels, IReadOnlyList<string> channelsOfEverybody)
{
    private static readonly string EveryChannel = ChannelNames.Join(Channels.All);

    /// <summary>Deliveries to make, in the order of the recipients.</summary>
    public IEnumerable<NewDelivery> Of(RoutedMessage message)
    {
        foreach (var recipient in Recipients(message, members))
        {
            foreach (var channel in ChannelsOf(message, recipient))
            {
                yield return new NewDelivery(message.MessageId, recipient, channel);
            }
        }
    }

    /// <summary>The recipients that the message names, or every member but the sender.</summary>
    public static IEnumerable<string> Recipients(RoutedMessage message, ILookup<string, string> members) =>
        message.To?.Distinct() ?? members[message.ConversationId].Where(member => member != message.SenderId);

    /// <summary>Whether it stands for a recipient who has no channel at all to deliver on, although the message was for <c>all</c> of them.</summary>
    public static bool IsUnreachable(NewDelivery delivery) => delivery.Channel == EveryChannel;

    private IEnumerable<string> ChannelsOf(RoutedMessage message, string recipient)
    {
        var named = message.Channels & ~Channels.All;
        var channels = ChannelNames.List(named);
        if (!message.Channels.HasFlag(Channels.All))
        {
            return channels;
        }

        string[] all = [.. channels.Union(channelsOfEverybody).Union(linkedChannels[recipient])];
        return all.Length > 0 ? all : [EveryChannel];
    }
}
