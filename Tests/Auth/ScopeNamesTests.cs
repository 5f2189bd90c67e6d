using Chat4All.Frontend.Auth;

namespace Chat4All.Tests.Auth;

public sealed class ScopeNamesTests
{
    [Theory]
    [InlineData("read", "read")]
    [InlineData("write read", "read write")]
    [InlineData("admin  read read", "read admin")]
    public void Known_names_in_any_order_are_read_and_written_in_one(string text, string expected)
    {
        Assert.True(ScopeNames.TryParse(text, out var scopes));
        Assert.Equal(expected, scopes.Text());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("read,write")]
    [InlineData("READ")]
    [InlineData("read everything")]
    public void Unknown_names_and_none_at_all_are_refused(string text) => Assert.False(ScopeNames.TryParse(text, out _));

    [Fact]
    public void A_stored_name_of_a_later_version_counts_for_nothing() =>
        Assert.Equal(Scopes.Read | Scopes.Write, ScopeNames.ParseStored("read teleport write"));
}
