namespace Chat4All.Grains.Ports;

/// <summary>Keeps what a platform took and then failed, so that an operator can have it sent again.</summary>
public interface IFailedDeliveries
{
    /// <summary>
    /// Keeps the delivery as a dead letter, before it is noted as failed: when the note does not succeed, both are made again. One that is delivered already, or has failed before, is
    /// passed over.
    /// </summary>
    Task KeepAsync(DeliveryReceipt receipt, ExternalDelivery delivery, CancellationToken cancellationToken);
}
