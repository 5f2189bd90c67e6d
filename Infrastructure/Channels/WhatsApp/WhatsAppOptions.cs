using Chat4All.Infrastructure.Connectors.Http;

namespace Chat4All.Infrastructure.Connectors.WhatsApp;

/// <summary>A business phone number on WhatsApp's Cloud API. Limits: https://developers.facebook.com/docs/whatsapp/throughput.</summary>
internal sealed class WhatsAppOptions : PlatformOptions
{
    public WhatsAppOptions()
    {
        BaseUrl = "https://graph.facebook.com/v23.0";
        PerSecond = 80;
        RecipientInterval = TimeSpan.FromSeconds(6);
        RecipientBurst = 45;
    }

    /// <summary>Id of the number that sends, not the number itself. <c>WHATSAPP_PHONE_NUMBER_ID</c>.</summary>
    public string PhoneNumberId { get; init; } = "";

    /// <summary>Of a system user with <c>whatsapp_business_messaging</c>. <c>WHATSAPP_ACCESS_TOKEN</c>.</summary>
    public string AccessToken { get; init; } = "";

    /// <summary>Whether the 24-hour window is checked here; otherwise the platform is asked each time. Default true.</summary>
    public bool CheckWindow { get; init; } = true;

    public override IEnumerable<(string Property, string Problem)> Check()
    {
        if (PhoneNumberId.Length is 0 or > 32 || !PhoneNumberId.All(char.IsAsciiDigit))
        {
            yield return (nameof(PhoneNumberId), "must be the number's id, digits only");
        }

        if (!IsToken(AccessToken))
        {
            yield return (nameof(AccessToken), "must be set to an access token");
        }

        foreach (var finding in base.Check())
        {
            yield return finding;
        }
    }
}
