using System.Reflection;
using Chat4All.Frontend.Api;

namespace Chat4All.Frontend.Operations;

/// <summary><c>GET /health</c>: the process answers, whatever its dependencies do.</summary>
internal static class Health
{
    private static readonly HealthAnswer Answer = new("ok", ServiceIdentity.Name, ServiceIdentity.Version);

    public static Task AnswerAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, Answer, HealthJson.Default.HealthAnswer);
}

/// <summary>How this process names itself in logs, spans and answers.</summary>
internal static class ServiceIdentity
{
    /// <summary><c>service.name</c>.</summary>
    public const string Name = "chat4all-api";

    /// <summary>The build's version without its commit.</summary>
    public static string Version { get; } =
        typeof(ServiceIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
