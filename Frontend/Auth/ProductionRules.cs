using Chat4All.Frontend.Hosting;

namespace Chat4All.Frontend.Auth;

/// <summary>What a production server must not start with.</summary>
internal static class ProductionRules
{
    public static IEnumerable<string> Check(AuthOptions auth, ServerOptions server)
    {
        if (!server.IsProduction)
        {
            yield break;
        }

        if (auth.Algorithm == "HS256" && auth.SecretKey.Length == 0)
        {
            yield return "Auth:SecretKey (JWT_SECRET_KEY) must be set in production";
        }

        if (auth.PreviousSecretKeys.Append(auth.SecretKey).Contains(AuthOptions.PublishedPlaceholder))
        {
            yield return "Auth:SecretKey (JWT_SECRET_KEY) is the published example; production needs a key of its own";
        }

        if (auth.HashIterations < 100_000)
        {
            yield return "Auth:HashIterations must be at least 100000 in production";
        }
    }
}
