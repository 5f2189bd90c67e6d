using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Keys that are numbers or Guids, as text: hexadecimal, or 32 digits; an extension follows a plus sign.</summary>
public static class GrainIdKeyExtensions
{
    private const int GuidDigits = 32;

    /// <summary>The key of a grain with a <see cref="long"/>.</summary>
    public static IdSpan CreateIntegerKey(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    /// <summary>The key of a grain with a <see cref="long"/> and an extension; a blank extension is none.</summary>
    public static IdSpan CreateIntegerKey(long key, string? keyExtension) => Extend(CreateIntegerKey(key), keyExtension);

    /// <summary>The key of a grain with a <see cref="Guid"/>.</summary>
    public static IdSpan CreateGuidKey(Guid key) => IdSpan.Create(key.ToString("N"));

    /// <summary>The key of a grain with a <see cref="Guid"/> and an extension; a blank extension is none.</summary>
    public static IdSpan CreateGuidKey(Guid key, string? keyExtension) => Extend(CreateGuidKey(key), keyExtension);

    /// <summary>Reads a <see cref="long"/> key.</summary>
    public static bool TryGetIntegerKey(this GrainId grainId, out long key, out string? keyExt)
    {
        var text = grainId.Key.ToString();
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        keyExt = plus < 0 ? null : text[(plus + 1)..];
        return long.TryParse(plus < 0 ? text : text.AsSpan(0, plus), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out key);
    }

    /// <summary>Reads a <see cref="Guid"/> key.</summary>
    public static bool TryGetGuidKey(this GrainId grainId, out Guid key, out string? keyExt)
    {
        var text = grainId.Key.ToString();
        var extended = text.Length > GuidDigits && text[GuidDigits] == '+';
        keyExt = extended ? text[(GuidDigits + 1)..] : null;
        return Guid.TryParseExact(extended ? text.AsSpan(0, GuidDigits) : text, "N", out key);
    }

    private static IdSpan Extend(IdSpan key, string? extension)
        => string.IsNullOrWhiteSpace(extension) ? key : IdSpan.Create($"{key}+{extension}");
}
