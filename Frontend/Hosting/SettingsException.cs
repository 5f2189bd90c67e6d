namespace Chat4All.Frontend.Hosting;

/// <summary>Settings that stop the start. The message names each failing key; it never holds a value that could be a secret.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One sentence a failing key.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
