using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>Gathers what a body says.</summary>
internal sealed class PayloadBuilder
{
    private readonly List<IncomingMessage> _messages = [];
    private readonly List<DeliveryReceipt> _receipts = [];
    private readonly List<ReceiptWatermark> _watermarks = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    public void Add(IncomingMessage message)
    {
        _messages.Add(message);
        _keys.Add(message.Address);
    }

    /// <param name="key">What it has to be in order with.</param>
    public void Add(DeliveryReceipt receipt, string key)
    {
        _receipts.Add(receipt);
        _keys.Add(key);
    }

    public void Add(ReceiptWatermark watermark)
    {
        _watermarks.Add(watermark);
        _keys.Add(watermark.Address);
    }

    public IncomingPayload Build() => new() { Messages = _messages, Receipts = _receipts, Watermarks = _watermarks, Keys = [.. _keys] };
}
