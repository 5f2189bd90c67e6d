using Chat4All.Frontend.Auth.Limits;
using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;

namespace Chat4All.Frontend.Auth;

/// <summary>The outcome of checking a client's credentials: a user, or none; <see cref="Refusal"/> is set when there were too many failures.</summary>
internal readonly record struct SignInResult(UserProfile? User, RateDecision? Refusal);

/// <summary>Checks a client's id and secret. Unknown client, wrong secret, disabled user and demo account from afar are one answer and take the same time.</summary>
internal sealed class SignIn(IUserStore users, SecretVerifier verifier, SignInLimits limits, DemoAccounts demo)
{
    /// <summary>Longest client id that can exist: a username.</summary>
    private const int MaxClientId = 64;

    public async Task<SignInResult> CheckAsync(HttpContext context, string clientId, string secret)
    {
        var address = SignInLimits.AddressOf(context);
        clientId = clientId.Length <= MaxClientId ? clientId : clientId[..MaxClientId] + "…";
        // Nobody is called that, and not every store takes every character.
        var credentials = clientId.Any(char.IsControl) ? null : await users.FindCredentialsAsync(clientId, context.RequestAborted);
        RateDecision decision = default;
        var opens = await verifier.VerifyAsync(
            credentials?.SecretHash,
            SecretHasher.IsAcceptable(secret) ? secret : "",
            () => (decision = limits.TryBegin(clientId, address)).Allowed,
            context.RequestAborted);
        if (opens is null)
        {
            return new SignInResult(null, decision);
        }

        if (opens is false || credentials is not { Profile: { IsActive: true } profile })
        {
            return default;
        }

        if (await demo.IsDemoAsync(profile.UserId, context.RequestAborted) && !demo.IsAllowed(context))
        {
            return default;
        }

        limits.Succeeded(clientId, address);
        return new SignInResult(profile, null);
    }
}
