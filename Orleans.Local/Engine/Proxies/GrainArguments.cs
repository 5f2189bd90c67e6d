namespace Orleans.Local.Proxies;

/// <summary>What happens to arguments on their way: nothing is copied, only grains become references.</summary>
internal static class GrainArguments
{
    public static T AsReference<T>(T argument) where T : class, Runtime.IAddressable
        => argument is IGrainBase grain ? ((Runtime.IAddressable)grain).AsReference<T>() : argument;
}
