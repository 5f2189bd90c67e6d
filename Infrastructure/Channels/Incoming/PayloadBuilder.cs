using Chat4All.Grains.Ports;

namespace Chat4All.Infrastructure.Incoming;

/// <summary>Gathers what a body says.</summary>
internal sealed class PayloadBuilder
{
    private readonly List<IncomingMessage> _messages = [];
    private readonly List<DeliveryReceipt> _receipts = [];
    private readonly List<ReceiptWatermark> _watermarks = [];
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);

    public void Add(IncomingMessage message)
    {
        _messages.Add(message);
        _addresses.Add(message.Address);
    }

    public void Add(DeliveryReceipt receipt, string? address)
    {
        _receipts.Add(receipt);
        if (address is not null)
        {
            _addresses.Add(address);
        }
    }

    public void Add(ReceiptWatermark watermark)
    {
        _watermarks.Add(watermark);
        _addresses.Add(watermark.Address);
    }

    public IncomingPayload Build() => new() { Messages = _messages, Receipts = _receipts, Watermarks = _watermarks, Addresses = [.. _addresses] };
}
