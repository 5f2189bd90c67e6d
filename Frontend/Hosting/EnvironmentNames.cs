namespace Chat4All.Frontend.Hosting;

/// <summary>
/// The flat names that environments and <c>.env</c> files use, and the settings they stand for. Any other setting is reached by its section:
/// <c>Auth__AccessTokenMinutes</c> or <c>CHAT4ALL_Auth__AccessTokenMinutes</c>.
/// </summary>
internal static class EnvironmentNames
{
    /// <summary>Prefix under which every section can be reached.</summary>
    public const string Prefix = "CHAT4ALL_";

    private static readonly Dictionary<string, string> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        ["JWT_SECRET_KEY"] = "Auth:SecretKey",
        ["JWT_PREVIOUS_SECRET_KEY"] = "Auth:PreviousSecretKeys:0",
        ["JWT_ALGORITHM"] = "Auth:Algorithm",
        ["JWT_KEY_FILE"] = "Auth:KeyFile",
        ["JWT_PREVIOUS_KEY_FILE"] = "Auth:PreviousKeyFiles:0",
        ["JWT_ISSUER"] = "Auth:Issuer",
        ["JWT_AUDIENCE"] = "Auth:Audience",
        ["JWT_ACCESS_TOKEN_EXPIRE_MINUTES"] = "Auth:AccessTokenMinutes",
        ["JWT_REFRESH_TOKEN_EXPIRE_DAYS"] = "Auth:RefreshTokenDays",
        ["REDIS_HOST"] = "Redis:Host",
        ["REDIS_PORT"] = "Redis:Port",
        ["REDIS_DB"] = "Redis:Db",
        ["KAFKA_BOOTSTRAP_SERVERS"] = "Kafka:BootstrapServers",
        ["KAFKA_SECURITY_PROTOCOL"] = "Kafka:Client:security.protocol",
        ["KAFKA_SASL_MECHANISM"] = "Kafka:Client:sasl.mechanism",
        ["KAFKA_SASL_USERNAME"] = "Kafka:Client:sasl.username",
        ["KAFKA_SASL_PASSWORD"] = "Kafka:Client:sasl.password",
        ["KAFKA_SSL_CA_LOCATION"] = "Kafka:Client:ssl.ca.location",
        ["WEBSOCKET_HEARTBEAT_INTERVAL"] = "WebSocket:HeartbeatSeconds",
        ["PROMETHEUS_PORT"] = "Server:MetricsPort",
        ["JAEGER_AGENT_HOST"] = "Telemetry:JaegerHost",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "Telemetry:OtlpEndpoint",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "Telemetry:OtlpProtocol",
        ["OTEL_SERVICE_NAME"] = "Telemetry:ServiceName",
        ["CHAT4ALL_PUBLIC_URL"] = "Files:PublicUrl",
        ["CHAT4ALL_FILES"] = "Files:Store",
        ["S3_ENDPOINT"] = "S3:Endpoint",
        ["MINIO_ENDPOINT"] = "S3:Endpoint",
        ["AWS_ENDPOINT_URL_S3"] = "S3:Endpoint",
        ["MINIO_SECURE"] = "S3:Secure",
        ["S3_BUCKET"] = "S3:Bucket",
        ["MINIO_BUCKET"] = "S3:Bucket",
        ["AWS_REGION"] = "S3:Region",
        ["AWS_DEFAULT_REGION"] = "S3:Region",
        ["AWS_ACCESS_KEY_ID"] = "S3:AccessKey",
        ["MINIO_ACCESS_KEY"] = "S3:AccessKey",
        ["MINIO_ROOT_USER"] = "S3:AccessKey",
        ["AWS_SECRET_ACCESS_KEY"] = "S3:SecretKey",
        ["MINIO_SECRET_KEY"] = "S3:SecretKey",
        ["MINIO_ROOT_PASSWORD"] = "S3:SecretKey",
        ["AWS_SESSION_TOKEN"] = "S3:SessionToken",
        ["CHAT4ALL_ENV"] = "Server:Environment",
        ["CHAT4ALL_URLS"] = "Server:Urls",
        ["CHAT4ALL_PORT"] = "Server:Port",
        ["CHAT4ALL_DATA"] = "Store:Data",
        ["CHAT4ALL_POSTGRES"] = "Store:Postgres",
        ["CHAT4ALL_RATE_LIMIT"] = "RateLimit:Mode",
        ["CHAT4ALL_ADMIN_ID"] = "Auth:AdminId",
        ["CHAT4ALL_ADMIN_SECRET"] = "Auth:AdminSecret",
        ["CHAT4ALL_LOG_FORMAT"] = "Logs:Format",
        ["WHATSAPP_PHONE_NUMBER_ID"] = "Channels:WhatsApp:PhoneNumberId",
        ["WHATSAPP_ACCESS_TOKEN"] = "Channels:WhatsApp:AccessToken",
        ["MESSENGER_PAGE_ID"] = "Channels:Messenger:PageId",
        ["MESSENGER_PAGE_ACCESS_TOKEN"] = "Channels:Messenger:AccessToken",
        ["INSTAGRAM_PAGE_ID"] = "Channels:Instagram:PageId",
        ["INSTAGRAM_PAGE_ACCESS_TOKEN"] = "Channels:Instagram:AccessToken",
        ["TELEGRAM_BOT_TOKEN"] = "Channels:Telegram:BotToken",
        ["CHAT4ALL_INBOX_USER"] = "Channels:InboxUser",
        ["WHATSAPP_APP_SECRET"] = "Channels:WhatsApp:AppSecret",
        ["WHATSAPP_VERIFY_TOKEN"] = "Channels:WhatsApp:VerifyToken",
        ["INSTAGRAM_APP_SECRET"] = "Channels:Instagram:AppSecret",
        ["INSTAGRAM_VERIFY_TOKEN"] = "Channels:Instagram:VerifyToken",
        ["MESSENGER_APP_SECRET"] = "Channels:Messenger:AppSecret",
        ["MESSENGER_VERIFY_TOKEN"] = "Channels:Messenger:VerifyToken",
        ["TELEGRAM_WEBHOOK_SECRET"] = "Channels:Telegram:WebhookSecret",
    };

    /// <summary>The settings that a set of environment variables stands for.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Map(IEnumerable<KeyValuePair<string, string?>> variables)
    {
        foreach (var (name, value) in variables)
        {
            if (Keys.TryGetValue(name, out var key))
            {
                yield return new(key, value);
            }
            else if (name.Contains("__", StringComparison.Ordinal))
            {
                var bare = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
                yield return new(bare.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), value);
            }
        }
    }
}
