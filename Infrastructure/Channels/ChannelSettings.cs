using Chat4All.Grains.Abstractions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Chat4All.Infrastructure.Connectors;

/// <summary>Reads the section <c>Channels</c> and gathers what is wrong with it. A finding names a key and never holds its value, which could be a secret.</summary>
internal sealed class ChannelSettings(IConfigurationSection section)
{
    public const string Section = "Channels";

    /// <summary>The connector of a channel that is not set up.</summary>
    public const string Simulator = "simulator";

    private readonly List<string> _problems = [];

    /// <summary>Whether platforms may have addresses that are not public: for tests, and for gateways in one's own network.</summary>
    public bool AllowPrivateAddresses => section[nameof(AllowPrivateAddresses)] switch
    {
        null => false,
        var text when bool.TryParse(text, out var allowed) => allowed,
        _ => Refuse($"{Section}:{nameof(AllowPrivateAddresses)} must be true or false."),
    };

    /// <summary>The value of <c>Channels:{channel}:Connector</c>.</summary>
    public string ConnectorOf(Channels channel) => section[$"{channel}:Connector"] ?? Simulator;

    /// <summary>Settings from one or more sections below <c>Channels</c>, later ones over earlier ones.</summary>
    /// <param name="check">Says what is wrong: the property and a sentence each.</param>
    public T Bind<T>(Func<T, IEnumerable<(string Property, string Problem)>> check, params ReadOnlySpan<string> sections)
        where T : class, new()
    {
        var settings = new T();
        foreach (var name in sections)
        {
            try
            {
                section.GetSection(name).Bind(settings);
            }
            catch (InvalidOperationException unreadable)
            {
                _problems.Add(unreadable.Message);
            }
        }

        foreach (var (property, problem) in check(settings))
        {
            _problems.Add($"{Section}:{sections[^1]}:{property} {problem}.");
        }

        return settings;
    }

    /// <summary>Notes that a setting of a channel has none of the values that there are.</summary>
    public void RequireOneOf(Channels channel, string property, string value, params string[] known)
    {
        if (!known.Contains(value, StringComparer.Ordinal))
        {
            _problems.Add($"{Section}:{channel}:{property} must be {string.Join(" or ", known)}.");
        }
    }

    private bool Refuse(string problem)
    {
        _problems.Add(problem);
        return false;
    }

    /// <summary>Throws when anything was wrong.</summary>
    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0)
        {
            throw new OptionsValidationException(Section, typeof(ChannelSettings), _problems.Distinct(StringComparer.Ordinal));
        }
    }
}
