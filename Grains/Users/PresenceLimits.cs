namespace Chat4All.Grains.Users;

/// <summary>Bounds of what is told about presence.</summary>
public static class PresenceLimits
{
    /// <summary>Contacts told of a user's coming and going, and contacts that a user who comes is told of.</summary>
    public const int MaxContacts = 1_000;
}
