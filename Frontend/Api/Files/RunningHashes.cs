using System.Security.Cryptography;

namespace Chat4All.Frontend.Api.Files;

/// <summary>
/// The SHA-256 of files whose pieces come through this process in order, so that their merge need not read them again. Where one comes out of order, through another node or
/// after a restart, nothing is lost but that: the merge reads what it has no hash of.
/// </summary>
internal sealed class RunningHashes
{
    /// <summary>Uploads followed at once, some hundred bytes each; what is beyond is read by its merge.</summary>
    private const int Capacity = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Offset, IncrementalHash Hash)> _hashes = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>A hash of everything before the offset, to be continued by the piece that begins there; null when it is not known. The caller's to dispose or to hand back.</summary>
    public IncrementalHash? At(string uploadId, long offset)
    {
        if (offset == 0)
        {
            return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        }

        lock (_lock)
        {
            return _hashes.TryGetValue(uploadId, out var known) && known.Offset == offset ? known.Hash.Clone() : null;
        }
    }

    /// <summary>Notes the hash of everything before the offset, now that the piece which ends there counts.</summary>
    public void Advance(string uploadId, long offset, IncrementalHash hash)
    {
        lock (_lock)
        {
            if (_hashes.Remove(uploadId, out var before))
            {
                before.Hash.Dispose();
            }
            else
            {
                _order.Enqueue(uploadId);
            }

            _hashes[uploadId] = (offset, hash);
            while (_order.Count > Capacity)
            {
                Drop(_order.Dequeue());
            }
        }
    }

    /// <summary>The hash of the whole file in lower-case hex, once; null when it is not known.</summary>
    public string? Finish(string uploadId, long size)
    {
        lock (_lock)
        {
            return _hashes.TryGetValue(uploadId, out var known) && known.Offset == size ? Convert.ToHexStringLower(known.Hash.GetCurrentHash()) : null;
        }
    }

    private void Drop(string uploadId)
    {
        if (_hashes.Remove(uploadId, out var known))
        {
            known.Hash.Dispose();
        }
    }
}
