using System.Text.Json;

namespace Chat4All.Grains.Journal;

/// <summary>Compares JSON texts by meaning, so that a retry with other spacing or field order is still the same message.</summary>
internal static class SameJson
{
    public static bool Equal(string? left, string? right)
    {
        if (string.Equals(left, right, StringComparison.Ordinal))
        {
            return true;
        }

        if (left is null || right is null)
        {
            return false;
        }

        using var leftJson = JsonDocument.Parse(left);
        using var rightJson = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(leftJson.RootElement, rightJson.RootElement);
    }
}
