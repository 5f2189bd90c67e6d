using Chat4All.Frontend.Auth;
using Chat4All.Frontend.Operations.Docs;

namespace Chat4All.Frontend.Api;

/// <summary><c>/v1/users</c>.</summary>
internal static class UsersEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = ActivatorUtilities.CreateInstance<Users>(routes.ServiceProvider);
        var group = routes.MapGroup("/v1/users").WithTags("Users");
        group.MapGet("/me", users.GetMeAsync).Answers(StatusCodes.Status200OK, typeof(UserAnswer))
            .WithName("getMe").WithSummary("The caller.");
        group.MapPost("/me/secret", users.RotateSecretAsync).Reads(typeof(SecretRequest)).Answers(StatusCodes.Status200OK, typeof(SecretAnswer))
            .WithName("rotateSecret").WithSummary("Replaces the caller's secret.");

        group.MapPost("", users.CreateAsync).RequireScope(ScopeNames.Admin).Reads(typeof(UserRequest)).Answers(StatusCodes.Status201Created, typeof(UserAnswer))
            .WithName("createUser").WithSummary("Makes a user; a secret that the server makes is shown this once.");
        group.MapGet("", users.ListAsync).RequireScope(ScopeNames.Admin).TakesPage().Answers(StatusCodes.Status200OK, typeof(UserList))
            .WithName("listUsers").WithSummary("Users by id.");
        group.MapGet("/{user_id}", users.GetAsync).RequireScope(ScopeNames.Admin).Answers(StatusCodes.Status200OK, typeof(UserAnswer))
            .WithName("getUser").WithSummary("One user.");
        group.MapPatch("/{user_id}", users.UpdateAsync).RequireScope(ScopeNames.Admin).Reads(typeof(UserRequest)).Answers(StatusCodes.Status200OK, typeof(UserAnswer))
            .WithName("updateUser").WithSummary("Changes the fields that are given.");
        group.MapDelete("/{user_id}", users.DeleteAsync).RequireScope(ScopeNames.Admin).Answers(StatusCodes.Status204NoContent)
            .WithName("deleteUser").WithSummary("Deletes a user; the id is never given out again.");
    }
}
