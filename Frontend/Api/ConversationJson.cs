using System.Text.Json.Serialization;

namespace Chat4All.Frontend.Api;

/// <summary>Source-generated JSON of conversations and messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcceptedMessage))]
[JsonSerializable(typeof(BatchAnswer))]
[JsonSerializable(typeof(MessageAnswer))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(DeliveryList))]
[JsonSerializable(typeof(ConversationRequest))]
[JsonSerializable(typeof(ConversationPatch))]
[JsonSerializable(typeof(MembersRequest))]
[JsonSerializable(typeof(ReadRequest))]
[JsonSerializable(typeof(ConversationAnswer))]
[JsonSerializable(typeof(ConversationList))]
[JsonSerializable(typeof(ReadAnswer))]
internal sealed partial class ConversationJson : JsonSerializerContext;
