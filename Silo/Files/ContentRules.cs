using System.Text;
using Chat4All.Grains.Abstractions;

namespace Chat4All.Silo.Files;

/// <summary>
/// Whether what a file begins with may be what it is declared as. A type with a known beginning must have it, and media must not begin like a program, a script or a page. Nothing is
/// unpacked: what an archive claims of its contents is nobody's business here.
/// </summary>
internal static class ContentRules
{
    /// <summary>Archives, and the office formats that are archives.</summary>
    private static readonly (int Offset, byte[] Bytes)[] Zip = [(0, "PK\x03\x04"u8.ToArray()), (0, "PK\x05\x06"u8.ToArray())];

    /// <summary>Beginnings by type, at an offset; a type may have several.</summary>
    private static readonly Dictionary<string, (int Offset, byte[] Bytes)[]> Beginnings = new(StringComparer.Ordinal)
    {
        ["image/png"] = [(0, [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a])],
        ["image/jpeg"] = [(0, [0xff, 0xd8, 0xff])],
        ["image/gif"] = [(0, "GIF87a"u8.ToArray()), (0, "GIF89a"u8.ToArray())],
        ["image/bmp"] = [(0, "BM"u8.ToArray())],
        ["image/tiff"] = [(0, [0x49, 0x49, 0x2a, 0x00]), (0, [0x4d, 0x4d, 0x00, 0x2a])],
        ["image/x-icon"] = [(0, [0, 0, 1, 0])],
        ["image/avif"] = [(4, "ftypavi"u8.ToArray()), (4, "ftypmif1"u8.ToArray())],
        ["image/heic"] = [(4, "ftyphe"u8.ToArray()), (4, "ftypmif1"u8.ToArray())],
        ["image/heif"] = [(4, "ftyphe"u8.ToArray()), (4, "ftypmif1"u8.ToArray()), (4, "ftypmsf1"u8.ToArray())],
        ["video/mp4"] = [(4, "ftyp"u8.ToArray())],
        ["video/quicktime"] = [(4, "ftyp"u8.ToArray()), (4, "moov"u8.ToArray()), (4, "mdat"u8.ToArray()), (4, "wide"u8.ToArray()), (4, "free"u8.ToArray())],
        ["video/3gpp"] = [(4, "ftyp"u8.ToArray())],
        ["video/webm"] = [(0, [0x1a, 0x45, 0xdf, 0xa3])],
        ["video/x-matroska"] = [(0, [0x1a, 0x45, 0xdf, 0xa3])],
        ["video/ogg"] = [(0, "OggS"u8.ToArray())],
        ["video/mpeg"] = [(0, [0, 0, 1, 0xba]), (0, [0, 0, 1, 0xb3])],
        ["audio/mpeg"] = [(0, "ID3"u8.ToArray()), (0, [0xff, 0xfb]), (0, [0xff, 0xf3]), (0, [0xff, 0xf2]), (0, [0xff, 0xfa])],
        ["audio/mp4"] = [(4, "ftyp"u8.ToArray())],
        ["audio/ogg"] = [(0, "OggS"u8.ToArray())],
        ["audio/opus"] = [(0, "OggS"u8.ToArray())],
        ["audio/webm"] = [(0, [0x1a, 0x45, 0xdf, 0xa3])],
        ["audio/flac"] = [(0, "fLaC"u8.ToArray())],
        ["audio/aac"] = [(0, [0xff, 0xf1]), (0, [0xff, 0xf9]), (0, "ADIF"u8.ToArray())],
        ["audio/amr"] = [(0, "#!AMR"u8.ToArray())],
        ["application/pdf"] = [(0, "%PDF-"u8.ToArray())],
        ["application/zip"] = [.. Zip],
        ["application/gzip"] = [(0, [0x1f, 0x8b])],
        ["application/x-7z-compressed"] = [(0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
        ["application/vnd.rar"] = [(0, "Rar!\x1a\x07"u8.ToArray())],
        ["application/x-tar"] = [(257, "ustar"u8.ToArray())],
        ["application/msword"] = [(0, [0xd0, 0xcf, 0x11, 0xe0])],
        ["application/vnd.ms-excel"] = [(0, [0xd0, 0xcf, 0x11, 0xe0])],
        ["application/vnd.ms-powerpoint"] = [(0, [0xd0, 0xcf, 0x11, 0xe0])],
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = [.. Zip],
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = [.. Zip],
        ["application/vnd.openxmlformats-officedocument.presentationml.presentation"] = [.. Zip],
        ["application/vnd.oasis.opendocument.text"] = [.. Zip],
        ["application/vnd.oasis.opendocument.spreadsheet"] = [.. Zip],
    };

    /// <summary>What a RIFF file says at 8 that it holds.</summary>
    private static readonly Dictionary<string, byte[]> RiffForms = new(StringComparer.Ordinal)
    {
        ["image/webp"] = "WEBP"u8.ToArray(),
        ["video/x-msvideo"] = "AVI "u8.ToArray(),
        ["audio/wav"] = "WAVE"u8.ToArray(),
        ["audio/x-wav"] = "WAVE"u8.ToArray(),
    };

    /// <summary>Beginnings of what a machine runs: ELF, PE, Mach-O, Java, scripts, WebAssembly.</summary>
    private static readonly byte[][] Programs =
    [
        [0x7f, .. "ELF"u8], "MZ"u8.ToArray(), [0xfe, 0xed, 0xfa, 0xce], [0xfe, 0xed, 0xfa, 0xcf], [0xce, 0xfa, 0xed, 0xfe], [0xcf, 0xfa, 0xed, 0xfe], [0xca, 0xfe, 0xba, 0xbe],
        [0x00, .. "asm"u8],
    ];

    private static readonly string[] Pages = ["<!doctype", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<?xml", "<?php", "#!"];

    /// <summary>A stable code for the refusal; null when there is none.</summary>
    /// <param name="head">The file's first 4 KiB, or all of it.</param>
    public static string? Refuse(string mimeType, ReadOnlySpan<byte> head)
    {
        var type = mimeType.AsSpan(0, mimeType.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : mimeType.Length).Trim().ToString();
        var isText = type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml";
        if (type is "image/svg+xml")
        {
            return StartsLikeProgram(head) ? ErrorCodes.ContentRefused : null;
        }

        if (RiffForms.TryGetValue(type, out var form))
        {
            return head.StartsWith("RIFF"u8) && Has(head, 8, form) ? null : ErrorCodes.ContentRefused;
        }

        var isKnown = Beginnings.TryGetValue(type, out var beginnings);
        if (isKnown && Matches(head, beginnings!, atStart: true))
        {
            return null;
        }

        // What only matches further in may begin with anything, a program too.
        var isMedia = type.StartsWith("image/", StringComparison.Ordinal) || type.StartsWith("audio/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal);
        var isDisguise = (isMedia && (StartsLikeProgram(head) || StartsLikePage(head))) || (isText && StartsLikeProgram(head));
        return isDisguise || (isKnown && !Matches(head, beginnings!, atStart: false)) ? ErrorCodes.ContentRefused : null;
    }

    private static bool Matches(ReadOnlySpan<byte> head, (int Offset, byte[] Bytes)[] beginnings, bool atStart)
    {
        foreach (var (offset, bytes) in beginnings)
        {
            if (offset == 0 == atStart && Has(head, offset, bytes))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> bytes) =>
        head.Length >= offset + bytes.Length && head.Slice(offset, bytes.Length).SequenceEqual(bytes);

    private static bool StartsLikeProgram(ReadOnlySpan<byte> head)
    {
        foreach (var program in Programs)
        {
            if (head.StartsWith(program))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsLikePage(ReadOnlySpan<byte> head)
    {
        var text = Encoding.Latin1.GetString(head[..Math.Min(head.Length, 512)]).AsSpan().TrimStart("\u00ef\u00bb\u00bf \t\r\n\f");
        foreach (var page in Pages)
        {
            if (text.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
