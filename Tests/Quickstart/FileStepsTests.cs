using System.Globalization;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Quickstart;

/// <summary>Step 9 of the quickstart, pasted, with its 100 MB; but 9.2 needs <c>split -d</c>, without which there is no <c>chunk_00</c>.</summary>
[Trait("Category", "Integration")]
public sealed class FileStepsTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Upload = "upload-uuid-456";

    [SkippableFact]
    public async Task Step_9_uploads_a_file_in_chunks()
    {
        Shell.Require("curl", "dd", "split", "sha256sum");
        using var shell = new QuickstartShell(hub.Server);
        await shell.ObtainTokensAsync();
        var prepare = PrintedSteps.Block("9.1", "bash").Split("# or\n")[0];
        var sha256 = (await shell.RunAsync(prepare)).Split(' ')[0];

        var initiate = "curl" + PrintedSteps.Block("9.1", "bash", 0, ("<conv_id>", "conv-test"), ("<sha256_from_above>", sha256)).Split("\ncurl")[1];
        var opened = await shell.CurlAsync(initiate);
        var id = opened.GetProperty("upload_id").GetString()!;
        Assert.Equal((20, 5_242_880), (opened.GetProperty("total_chunks").GetInt32(), opened.GetProperty("chunk_size").GetInt32()));
        Assert.True(DateTimeOffset.Parse(opened.GetProperty("expires_at").GetString()!, CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.AddHours(23));

        shell.Variables["UPLOAD_ID"] = id;
        var send = PrintedSteps.Block("9.2", "bash", 0, (Upload, id), ("split -b", "split -d -b"));
        await shell.RunAsync(send.Replace("{1..20}", "{1..15}", StringComparison.Ordinal));
        var half = await shell.CurlAsync(PrintedSteps.Block("9.3", "bash"));
        Assert.Equal(("uploading", 15, 20, 75.0), (half.GetProperty("status").GetString(), half.GetProperty("uploaded_chunks").GetInt32(),
            half.GetProperty("total_chunks").GetInt32(), half.GetProperty("percentage").GetDouble()));
        Assert.Equal([16, 17, 18, 19, 20], half.GetProperty("missing_chunks").EnumerateArray().Select(number => number.GetInt32()));

        Assert.Contains("Uploaded chunk 20/20", await shell.RunAsync(send), StringComparison.Ordinal);
        var completed = await shell.CurlAsync(PrintedSteps.Block("9.4", "bash"));
        Assert.Equal(id, completed.GetProperty("upload_id").GetString());
        Assert.Contains(completed.GetProperty("status").GetString(), new[] { "merging", "completed" });
        await Eventually.HoldsAsync(
            "the file is merged", async () => (await shell.CurlAsync(PrintedSteps.Block("9.3", "bash"))).GetProperty("status").GetString() == "completed");
        var downloaded = await shell.RunAsync("""curl "http://localhost:8000/v1/files/$UPLOAD_ID/content" -H "Authorization: Bearer $ACCESS_TOKEN" | sha256sum""");
        Assert.Equal(sha256, downloaded.Split(' ')[0]);
    }

    /// <summary>As printed, <c>split</c> names the pieces <c>chunk_aa</c> and so on, so that curl has nothing to send: that must be said clearly.</summary>
    [SkippableFact]
    public async Task A_chunk_whose_file_is_not_there_is_told_so()
    {
        Shell.Require("curl");
        using var shell = new QuickstartShell(hub.Server);
        await shell.ObtainTokensAsync();
        var initiate = "curl" + PrintedSteps.Block("9.1", "bash", 0, ("<conv_id>", "conv-test"), ("<sha256_from_above>", new string('0', 64))).Split("\ncurl")[1];
        shell.Variables["UPLOAD_ID"] = (await shell.CurlAsync(initiate)).GetProperty("upload_id").GetString()!;

        var answer = await shell.CurlAsync("""curl -X POST "http://localhost:8000/v1/files/$UPLOAD_ID/chunks?chunk_number=1" -H "Authorization: Bearer $ACCESS_TOKEN" -H "Content-Type: application/octet-stream" --data-binary "" """);

        Assert.Equal("empty_chunk", answer.GetProperty("error").GetString());
    }
}
