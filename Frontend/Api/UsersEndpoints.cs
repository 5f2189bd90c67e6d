using Chat4All.Frontend.Auth;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/users</c>.</summary>
internal static class UsersEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = ActivatorUtilities.CreateInstance<Users>(routes.ServiceProvider);
        var group = routes.MapGroup("/v1/users").WithTags("Users");
        group.MapPost("", users.CreateAsync).RequireScope(ScopeNames.Admin).WithName("createUser").WithSummary("Makes a user; a secret that the server makes is shown this once.");
        group.MapGet("", users.ListAsync).RequireScope(ScopeNames.Admin).WithName("listUsers").WithSummary("Users by id.");
        group.MapGet("/me", users.GetMeAsync).WithName("getMe").WithSummary("The caller.");
        group.MapPost("/me/secret", users.RotateSecretAsync).WithName("rotateSecret").WithSummary("Replaces the caller's secret.");
        group.MapGet("/{user_id}", users.GetAsync).RequireScope(ScopeNames.Admin).WithName("getUser").WithSummary("One user.");
        group.MapPatch("/{user_id}", users.UpdateAsync).RequireScope(ScopeNames.Admin).WithName("updateUser").WithSummary("Changes the fields that are given.");
        group.MapDelete("/{user_id}", users.DeleteAsync).RequireScope(ScopeNames.Admin).WithName("deleteUser").WithSummary("Deletes a user; the id is never given out again.");
    }
}
