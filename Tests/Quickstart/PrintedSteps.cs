using System.Text.RegularExpressions;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>The commands of the quickstart as it prints them (<c>printed-steps.md</c>), by section and language.</summary>
internal static partial class PrintedSteps
{
    private static readonly Lazy<string> Text = new(() => File.ReadAllText(RepositoryFolder.PathOf("Tests", "Quickstart", "printed-steps.md")));

    /// <summary>A fenced block of a section.</summary>
    /// <param name="section">Its number, such as <c>7.1</c>.</param>
    /// <param name="language">The fence's language.</param>
    /// <param name="which">0 for the section's first block in that language.</param>
    /// <param name="placeholders">What stands in angle brackets or ends in dots, and what to put there.</param>
    public static string Block(string section, string language, int which = 0, params (string Placeholder, string Value)[] placeholders)
    {
        var start = Text.Value.IndexOf($"### {section} ", StringComparison.Ordinal);
        var end = Text.Value.IndexOf("\n### ", start, StringComparison.Ordinal);
        var body = end < 0 ? Text.Value[start..] : Text.Value[start..end];
        var block = Fence().Matches(body).Where(fence => fence.Groups["language"].Value == language).ElementAt(which).Groups["text"].Value;
        foreach (var (placeholder, value) in placeholders)
        {
            Assert.Contains(placeholder, block, StringComparison.Ordinal);
            block = block.Replace(placeholder, value, StringComparison.Ordinal);
        }

        return block;
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
