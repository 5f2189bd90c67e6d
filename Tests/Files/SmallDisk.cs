using System.Diagnostics;
using Chat4All.Tests.Hosting;

namespace Chat4All.Tests.Files;

/// <summary>A folder with room for only so much; it can be given more. Skips the test where nobody may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Folder => _folder.Path;

    /// <param name="size">As <c>mount</c> has it: <c>8m</c>.</param>
    public static async Task<SmallDisk> MakeAsync(string size)
    {
        Skip.If(!OperatingSystem.IsLinux() || Environment.UserName != "root", "Only root can make a small disk.");
        var disk = new SmallDisk();
        using var shell = new Shell();
        try
        {
            await shell.RunAsync($"mount -t tmpfs -o size={size} tmpfs {disk.Folder}");
        }
        catch (InvalidOperationException refused)
        {
            disk._folder.Dispose();
            Skip.If(true, $"Nobody may mount here: {refused.Message}");
        }

        return disk;
    }

    public async Task ResizeAsync(string size)
    {
        using var shell = new Shell();
        await shell.RunAsync($"mount -o remount,size={size} {Folder}");
    }

    public void Dispose()
    {
        using (var umount = Process.Start("umount", ["-l", Folder]))
        {
            umount.WaitForExit();
        }

        _folder.Dispose();
    }
}
