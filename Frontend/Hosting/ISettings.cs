namespace Chat4All.Frontend.Hosting;

/// <summary>One feature's settings: a small record bound from its own section and checked before anything starts.</summary>
internal interface ISettings
{
    /// <summary>The configuration section, for example <c>Auth</c>.</summary>
    static abstract string Section { get; }

    /// <summary>What is wrong: the property's name and a sentence each. Nothing when all is well.</summary>
    IEnumerable<(string Property, string Problem)> Check();
}
