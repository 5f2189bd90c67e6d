namespace Chat4All.Grains.Abstractions;

/// <summary>The channels a message asks for, as a set.</summary>
[Flags]
public enum Channels
{
    None = 0,
    WhatsApp = 1,
    Instagram = 2,
    Messenger = 4,
    Telegram = 8,

    /// <summary>In-app only: sockets and history, no delivery rows.</summary>
    Chat4All = 16,

    /// <summary>Each channel that the recipient has linked.</summary>
    All = 32,
}

/// <summary>Wire and storage names of <see cref="Channels"/>.</summary>
public static class ChannelNames
{
    private static readonly (Channels Channel, string Name)[] Names =
    [
        (Channels.WhatsApp, "whatsapp"),
        (Channels.Instagram, "instagram"),
        (Channels.Messenger, "messenger"),
        (Channels.Telegram, "telegram"),
        (Channels.Chat4All, "chat4all"),
        (Channels.All, "all"),
    ];

    private static readonly string[][] Lists = BuildLists(static names => names);
    private static readonly string[] Joined = BuildLists(static names => string.Join(',', names));

    /// <summary>The channel called <paramref name="name"/>, or <see cref="Channels.None"/>.</summary>
    public static Channels Parse(ReadOnlySpan<char> name)
    {
        foreach (var (channel, known) in Names)
        {
            if (name.SequenceEqual(known))
            {
                return channel;
            }
        }

        return Channels.None;
    }

    /// <summary>Reads the storage form, names separated by commas.</summary>
    public static Channels ParseJoined(ReadOnlySpan<char> names)
    {
        var channels = Channels.None;
        foreach (var range in names.Split(','))
        {
            channels |= Parse(names[range]);
        }

        return channels;
    }

    /// <summary>The names in the set, in the order of the contract. Shared arrays: not to be written to.</summary>
    public static IReadOnlyList<string> List(Channels channels) => Lists[(int)channels];

    /// <summary>The storage form: names separated by commas.</summary>
    public static string Join(Channels channels) => Joined[(int)channels];

    private static T[] BuildLists<T>(Func<string[], T> form) =>
        [.. Enumerable.Range(0, 64).Select(set => form([.. Names.Where(n => (set & (int)n.Channel) != 0).Select(n => n.Name)]))];
}
