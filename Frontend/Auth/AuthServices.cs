using Chat4All.Frontend.Auth.Limits;

namespace Chat4All.Frontend.Auth;

/// <summary>Registration of everything that tells who a caller is.</summary>
internal static class AuthServices
{
    /// <summary>What sub-commands need too: hashes of secrets.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services
        .AddSingleton<SecretHasher>();

    /// <summary>Tokens, sign-in, limits. Needs the stores, the options and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddAuth(this IServiceCollection services) => services
        .AddSecrets()
        .AddSingleton<SecretVerifier>()
        .AddSingleton<SigningKeys>()
        .AddSingleton<TokenReader>()
        .AddSingleton<TokenCache>()
        .AddSingleton<TokenIssuer>()
        .AddSingleton<TokenValidator>()
        .AddSingleton<RequestAuthentication>()
        .AddSingleton<Revocations>()
        .AddSingleton<DemoAccounts>()
        .AddSingleton<SignInLimits>()
        .AddSingleton<SignIn>()
        .AddSingleton<RefreshGrant>()
        .AddSingleton<TokenEndpoint>()
        .AddSingleton<RevocationEndpoint>()
        .AddSingleton<IntrospectionEndpoint>()
        .AddSingleton<MessageRateLimiter>()
        .AddSingleton<RequestRateLimiter>()
        .AddHostedService<RevocationPoller>();
}
