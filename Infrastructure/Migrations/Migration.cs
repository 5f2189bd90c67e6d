using System.Security.Cryptography;
using System.Text;

namespace Chat4All.Infrastructure.Migrations;

/// <summary>One numbered step of a schema.</summary>
/// <param name="Number">1, 2, 3 … without gap.</param>
/// <param name="Name">The file's name without <c>.sql</c>, number included.</param>
/// <param name="Sql">Statements, run in one transaction.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, 64 hex digits; an applied migration must never change.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

/// <summary>A migration that the store says it has.</summary>
internal sealed record AppliedMigration(int Number, string Name, string Checksum);
