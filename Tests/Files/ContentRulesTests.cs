using System.Text;
using Chat4All.Frontend.Api.Files;
using Chat4All.Grains.Abstractions;
using Chat4All.Silo.Files;

namespace Chat4All.Tests.Files;

/// <summary>What a file's beginning and name may be.</summary>
public sealed class ContentRulesTests
{
    [Theory]
    [InlineData("image/png", "89504e470d0a1a0a0000000d")]
    [InlineData("image/jpeg", "ffd8ffe000104a464946")]
    [InlineData("image/gif", "474946383961")]
    [InlineData("image/webp", "524946460000000057454250")]
    [InlineData("video/mp4", "0000001866747970697336d4")]
    [InlineData("audio/mpeg", "494433040000")]
    [InlineData("audio/amr", "2321414d520a")]
    [InlineData("audio/wav", "524946460000000057415645")]
    [InlineData("video/quicktime", "000000086d646174")]
    [InlineData("application/x-7z-compressed", "377abcaf271c")]
    [InlineData("audio/ogg; codecs=opus", "4f67675300")]
    [InlineData("application/pdf", "255044462d312e37")]
    [InlineData("application/zip", "504b030414")]
    [InlineData("application/octet-stream", "7f454c46")]
    [InlineData("application/octet-stream", "00000000")]
    [InlineData("application/x-unheard-of", "23212f62696e2f7368")]
    [InlineData("text/plain", "23212f62696e2f7368")]
    [InlineData("text/html", "3c68746d6c3e")]
    [InlineData("image/x-unheard-of", "0102030405")]
    public void What_begins_as_it_is_declared_passes(string type, string head) => Assert.Null(ContentRules.Refuse(type, Convert.FromHexString(head)));

    [Theory]
    [InlineData("image/png", "ffd8ffe0")]
    [InlineData("image/png", "89")]
    [InlineData("image/jpeg", "4d5a9000")]
    [InlineData("video/mp4", "3c68746d6c3e")]
    [InlineData("application/pdf", "4d5a9000")]
    [InlineData("video/mp4", "4d5a90006674797069736f6d")]
    [InlineData("video/quicktime", "7f454c466d6f6f76")]
    [InlineData("image/avif", "2321202066747970617669662f62696e2f7368")]
    [InlineData("image/webp", "4d5a9000000000005745425056503820")]
    [InlineData("image/webp", "000000000000000057454250")]
    [InlineData("video/x-msvideo", "4d5a90000000000041564920")]
    [InlineData("audio/wav", "3c68746d6c3e202057415645")]
    [InlineData("audio/wav", "52494646000000005741")]
    [InlineData("application/zip", "526172211a07")]
    [InlineData("image/x-unheard-of", "7f454c46")]
    [InlineData("image/x-unheard-of", "4d5a")]
    [InlineData("audio/x-unheard-of", "cafebabe")]
    [InlineData("image/x-unheard-of", "efbbbf0a20203c21444f43545950452068746d6c3e")]
    [InlineData("image/x-unheard-of", "3c73637269707420")]
    [InlineData("video/x-unheard-of", "23212f7573722f62696e2f656e76")]
    [InlineData("image/svg+xml", "7f454c46")]
    [InlineData("text/plain", "7f454c46")]
    [InlineData("application/json", "4d5a9000")]
    public void What_is_something_else_is_refused(string type, string head) =>
        Assert.Equal(ErrorCodes.ContentRefused, ContentRules.Refuse(type, Convert.FromHexString(head)));

    [Theory]
    [InlineData("a.txt", "attachment; filename=\"a.txt\"")]
    [InlineData("a\"; filename=\"b.exe", "attachment; filename=\"a_; filename=_b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe")]
    [InlineData("50%41.txt", "attachment; filename=\"50_41.txt\"; filename*=UTF-8''50%2541.txt")]
    [InlineData("日本😀", "attachment; filename=\"___\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%F0%9F%98%80")]
    [InlineData("a\r\nSet-Cookie: x", "attachment; filename=\"a__Set-Cookie: x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x")]
    public void A_name_never_leaves_its_quotes(string name, string expected)
    {
        var disposition = FilePresentation.ContentDisposition("attachment", name);

        Assert.Equal(expected, disposition);
        Assert.True(Encoding.UTF8.GetByteCount(disposition) == disposition.Length, "a header is ASCII");
    }
}
