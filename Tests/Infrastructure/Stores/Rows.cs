using System.Data.Common;

namespace Chat4All.Tests.Infrastructure.Stores;

/// <summary>Query results as arrays, with null for null.</summary>
internal static class Rows
{
    public static async Task<IReadOnlyList<object?[]>> ReadAllAsync(DbDataReader reader)
    {
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(static value => value is DBNull ? null : value)]);
        }

        return rows;
    }
}
