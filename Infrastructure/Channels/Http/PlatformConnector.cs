using Chat4All.Grains.Abstractions;
using Chat4All.Grains.Ports;
using Microsoft.Extensions.Logging;

namespace Chat4All.Infrastructure.Connectors.Http;

/// <summary>What connectors to real platforms have in common: refuse what the platform is known to refuse, wait for the turn, make the request.</summary>
internal abstract partial class PlatformConnector(PlatformParts parts, PlatformOptions options) : IChannelConnector, IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    private readonly ChannelGate _gate = new(options, parts.Circuit, parts.Time);
    private readonly TimeSpan _senderInterval = TimeSpan.FromSeconds(1 / options.PerSecond);

    public abstract Channels Channel { get; }

    protected PlatformClient Client => parts.Client;

    public Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
        Refusal(message) is { } error
            ? Task.FromResult(new SendResult(AttemptOutcome.Failed, Error: error))
            : _gate.PassAsync(Limits(message), () => RequestAsync(message), cancellationToken);

    public void Dispose()
    {
        parts.Client.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Why the platform will not take it, known without asking; null when nothing speaks against it.</summary>
    protected abstract string? Refusal(OutgoingMessage message);

    /// <summary>Makes the request; never throws for what the platform does.</summary>
    protected abstract Task<Verdict> RequestAsync(OutgoingMessage message);

    /// <summary>The limits that a message keeps, the recipient's first, the sender's last.</summary>
    protected virtual PaceLimit[] Limits(OutgoingMessage message) => [Recipient(message, options.RecipientInterval, options.RecipientBurst), SenderLimit];

    protected PaceLimit SenderLimit => new(ChannelGate.Sender, _senderInterval, options.Burst);

    protected static PaceLimit Recipient(OutgoingMessage message, TimeSpan interval, int burst) => new("to:" + message.Address, interval, burst);

    /// <summary>Whether the recipient last wrote too long ago, or never, for anything but a template.</summary>
    protected bool IsOutsideWindow(OutgoingMessage message) =>
        message.LastInboundAt is not { } last || parts.Time.GetUtcNow() - last >= Window;

    /// <summary>A file and a link to it, made for this attempt; or the verdict that there is none.</summary>
    protected async Task<(MediaLink? Media, Verdict Failure)> FindMediaAsync(string fileId, long maxSize)
    {
        try
        {
            return await (parts.Media?.CreateAsync(fileId, CancellationToken.None) ?? Task.FromResult<MediaLink?>(null)) switch
            {
                null => (null, Verdict.Failed("file_not_found")),
                { Size: var size } when size > maxSize => (null, Verdict.Failed("file_too_large")),
                var media => (media, default),
            };
        }
        catch (Exception storeAway)
        {
            LogMediaUnavailable(parts.Logger, storeAway);
            return (null, Verdict.Retry("media_unavailable", unhealthy: false));
        }
    }

    /// <summary>A form with the file in it, after the fields; or the verdict that there is none.</summary>
    protected async Task<(HttpContent? Form, Verdict Failure)> FormAsync(string fileId, MediaLink media, string fileField, params (string Name, string Value)[] fields)
    {
        Stream? content;
        try
        {
            content = await parts.Media!.OpenAsync(fileId, CancellationToken.None);
        }
        catch (Exception storeAway)
        {
            LogMediaUnavailable(parts.Logger, storeAway);
            return (null, Verdict.Retry("media_unavailable", unhealthy: false));
        }

        return content is null ? (null, Verdict.Failed("file_not_found")) : (Forms.WithFile(content, media, fileField, fields), default);
    }

    [LoggerMessage(5111, LogLevel.Warning, "A file could not be had for a platform; the message is tried again")]
    private static partial void LogMediaUnavailable(ILogger logger, Exception storeAway);
}

/// <summary>What a connector is built from.</summary>
internal sealed record PlatformParts(PlatformClient Client, Circuit Circuit, IMediaLinks? Media, TimeProvider Time, ILogger Logger);
