using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>
/// Places for bodies that are taken in, each with a piece of memory. Few, and few a user, because a body may last as long as its client likes. The pieces are exactly as long as they
/// need to be: the shared pool would hand out half as much again.
/// </summary>
internal sealed class TusBodies
{
    /// <summary>The smallest part that S3 composes without reading it.</summary>
    public const int PieceSize = 5 * 1024 * 1024;

    private const int MaxBodies = 64;
    private const int MaxBodiesOfUser = 4;

    /// <summary>Pieces that wait for the next body; others are left to the collector.</summary>
    private const int MaxIdle = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Stack<byte[]> _idle = new();
    private int _taken;

    /// <summary>Takes a place until it is disposed. Throws <c>overloaded</c>.</summary>
    public Place Take(string userId)
    {
        lock (_lock)
        {
            var own = _users.GetValueOrDefault(userId);
            if (_taken == MaxBodies || own == MaxBodiesOfUser)
            {
                throw ChatException.Unavailable(ErrorCodes.Overloaded, "Too many uploads are under way at once.");
            }

            _taken++;
            _users[userId] = own + 1;
            return new Place(this, userId, _idle.TryPop(out var piece) ? piece : GC.AllocateUninitializedArray<byte>(PieceSize));
        }
    }

    private void Leave(string userId, byte[] piece)
    {
        lock (_lock)
        {
            _taken--;
            if (--_users[userId] == 0)
            {
                _users.Remove(userId);
            }

            if (_idle.Count < MaxIdle)
            {
                _idle.Push(piece);
            }
        }
    }

    /// <summary>A body's place; to be disposed once.</summary>
    internal sealed class Place(TusBodies bodies, string userId, byte[] piece) : IDisposable
    {
        public byte[] Piece => piece;

        public void Dispose() => bodies.Leave(userId, piece);
    }
}
