using System.Text;

namespace Chat4All.Frontend.Operations.Metrics;

/// <summary>OpenTelemetry's names in Prometheus' form: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>, the unit and <c>_total</c> at the end unless the name has them.</summary>
internal static class PrometheusNames
{
    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["min"] = "minutes",
        ["h"] = "hours",
        ["d"] = "days",
        ["By"] = "bytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["%"] = "percent",
    };

    /// <summary>The name of a metric.</summary>
    /// <param name="name">The instrument's name.</param>
    /// <param name="unit">Its unit in UCUM; annotations such as <c>{request}</c> add nothing.</param>
    /// <param name="counter">Whether it only grows.</param>
    public static string OfMetric(string name, string unit, bool counter)
    {
        const string total = "_total";
        var bare = Label(name);
        if (counter && bare.EndsWith(total, StringComparison.Ordinal))
        {
            bare = bare[..^total.Length];
        }

        if (Units.TryGetValue(unit, out var suffix) && !bare.EndsWith(suffix, StringComparison.Ordinal))
        {
            bare = $"{bare}_{suffix}";
        }

        return counter ? bare + total : bare;
    }

    /// <summary>The name of a label: other characters become <c>_</c>, runs of them one.</summary>
    public static string Label(string name)
    {
        var label = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                if (label.Length == 0 && char.IsAsciiDigit(c))
                {
                    label.Append('_');
                }

                label.Append(c);
            }
            else if (label.Length == 0 || label[^1] != '_')
            {
                label.Append('_');
            }
        }

        return label.ToString();
    }
}
