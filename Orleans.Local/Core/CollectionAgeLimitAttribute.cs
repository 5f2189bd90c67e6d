using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Orleans;

/// <summary>How long an activation of the class may be idle before it is collected. At least one minute unless given as text.</summary>
[AttributeUsage(AttributeTargets.Class)]
[SuppressMessage("Performance", "CA1813:Avoid unsealed attributes", Justification = "Part of the programming model.")]
public class CollectionAgeLimitAttribute : Attribute
{
    /// <summary>The shortest limit that <see cref="Days"/>, <see cref="Hours"/> and <see cref="Minutes"/> can set.</summary>
    public static readonly TimeSpan MinAgeLimit = TimeSpan.FromMinutes(1);

    private readonly TimeSpan? _given;

    /// <summary>A limit by properties.</summary>
    public CollectionAgeLimitAttribute()
    {
    }

    /// <summary>A limit as text, for example "00:05:00".</summary>
    public CollectionAgeLimitAttribute(string inactivityPeriod)
    {
        _given = TimeSpan.Parse(inactivityPeriod, CultureInfo.InvariantCulture);
    }

    /// <summary>Days, added to the other parts.</summary>
    public double Days { get; set; }

    /// <summary>Hours, added to the other parts.</summary>
    public double Hours { get; set; }

    /// <summary>Minutes, added to the other parts.</summary>
    public double Minutes { get; set; }

    /// <summary>Never collect.</summary>
    public bool AlwaysActive { get; set; }

    /// <summary>The limit; infinite when <see cref="AlwaysActive"/>.</summary>
    public TimeSpan AgeLimit
    {
        get
        {
            if (AlwaysActive)
            {
                return Timeout.InfiniteTimeSpan;
            }

            var sum = TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
            return _given ?? (sum < MinAgeLimit ? MinAgeLimit : sum);
        }
    }
}
