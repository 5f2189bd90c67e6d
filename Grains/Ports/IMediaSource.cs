namespace Chat4All.Grains.Ports;

/// <summary>Fetches the files that people send to the hub's account on one platform.</summary>
public interface IMediaSource
{
    /// <summary><c>whatsapp</c>, <c>instagram</c>, <c>messenger</c> or <c>telegram</c>.</summary>
    string Channel { get; }

    /// <summary>
    /// Copies a file and answers its media type where the platform says one. Throws <see cref="MediaRefusedException"/> when it will never come, <see cref="MediaUnavailableException"/> when it
    /// may come later; what was written until then is of no use.
    /// </summary>
    /// <param name="maxBytes">More than that is refused with <c>file_too_large</c>.</param>
    Task<string?> FetchAsync(IncomingMedia media, Stream destination, long maxBytes, CancellationToken cancellationToken);
}

/// <summary>A platform's file cannot be had, now or later.</summary>
/// <param name="code">A stable snake_case code.</param>
public sealed class MediaRefusedException(string code) : Exception($"A file cannot be had from its platform: {code}.")
{
    public string Code => code;
}

/// <summary>A platform's file cannot be had now. The message names no address, which may hold a token.</summary>
public sealed class MediaUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
