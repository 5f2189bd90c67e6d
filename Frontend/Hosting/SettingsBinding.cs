namespace Chat4All.Frontend.Hosting;

/// <summary>Binds and checks every feature's settings at once, so that one failed start names everything that is wrong.</summary>
internal sealed class SettingsBinding(IConfiguration configuration, IServiceCollection services)
{
    private readonly List<string> _problems = [];

    /// <summary>Binds the section of <typeparamref name="T"/> and registers the result as a singleton.</summary>
    public T Add<T>()
        where T : class, ISettings, new()
    {
        var settings = new T();
        try
        {
            configuration.GetSection(T.Section).Bind(settings);
        }
        catch (InvalidOperationException unreadable)
        {
            _problems.Add(unreadable.Message);
        }

        _problems.AddRange(settings.Check().Select(static p => $"{T.Section}:{p.Property} {p.Problem}"));
        services.AddSingleton(settings);
        return settings;
    }

    /// <summary>Adds rules that span features.</summary>
    public void Require(IEnumerable<string> problems) => _problems.AddRange(problems);

    /// <summary>Throws <see cref="SettingsException"/> when anything was wrong.</summary>
    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0)
        {
            throw new SettingsException(_problems);
        }
    }
}
