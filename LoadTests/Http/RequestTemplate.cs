using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Chat4All.LoadTests.Http;

/// <summary>
/// The bytes of one request, made once. Where a message id of the client's is wanted, its digits are patched in before each send.
/// </summary>
internal sealed class RequestTemplate
{
    private const int Digits = 12;
    private static readonly string NoNumber = new('#', Digits);

    private readonly byte[] _bytes;
    private readonly int _numberAt;

    private RequestTemplate(byte[] bytes)
    {
        _bytes = bytes;
        _numberAt = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(NoNumber));
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Stands in a body for the number that <see cref="WithNumber"/> patches in.</summary>
    public static string NumberPlace => NoNumber;

    public static RequestTemplate Post(Uri server, string path, string token, string json) =>
        Build(server, $"POST {path} HTTP/1.1", token, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n", json);

    public static RequestTemplate Get(Uri server, string path, string token) => Build(server, $"GET {path} HTTP/1.1", token, "", "");

    /// <summary>The number as <see cref="WithNumber"/> writes it.</summary>
    public static string Format(long number) => number.ToString("D" + Digits, CultureInfo.InvariantCulture);

    /// <summary>The request with the number in its place, valid until the next call; as it is when it has no place for one.</summary>
    public ReadOnlySpan<byte> WithNumber(long number)
    {
        if (_numberAt >= 0)
        {
            _ = Utf8Formatter.TryFormat(number, _bytes.AsSpan(_numberAt, Digits), out _, new System.Buffers.StandardFormat('D', Digits));
        }

        return _bytes;
    }

    private static RequestTemplate Build(Uri server, string requestLine, string token, string contentFields, string body)
    {
        var authorization = token.Length == 0 ? "" : $"Authorization: Bearer {token}\r\n";
        return new RequestTemplate(Encoding.UTF8.GetBytes(
            $"{requestLine}\r\nHost: {server.Authority}\r\n{authorization}{contentFields}\r\n{body}"));
    }
}
