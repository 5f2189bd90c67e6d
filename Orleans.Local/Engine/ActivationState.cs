namespace Orleans.Local;

internal enum ActivationState : byte
{
    /// <summary>Nothing constructed yet.</summary>
    Creating,

    /// <summary>In OnActivateAsync.</summary>
    Activating,

    /// <summary>Calls run.</summary>
    Valid,

    /// <summary>Running calls end, no other starts, then OnDeactivateAsync.</summary>
    Deactivating,

    /// <summary>Ended: what arrives is passed on.</summary>
    Gone,
}
