using Chat4All.Grains.Abstractions;

namespace Chat4All.Frontend.Api.Files.Tus;

/// <summary>
/// Places for bodies that are taken in, each with a piece of memory. Few, and few a user, because a body may last as long as its client likes. The pieces are exactly as long as they
/// need to be: the shared pool would hand out half as much again.
/// </summary>
internal sealed class TusBodies(TimeProvider time) : IDisposable
{
    /// <summary>The smallest part that S3 composes without reading it.</summary>
    public const int PieceSize = 5 * 1024 * 1024;

    private const int MaxBodies = 64;
    private const int MaxBodiesOfUser = 4;

    /// <summary>Pieces that wait for the next body; others are left to the collector.</summary>
    private const int MaxIdle = 8;

    /// <summary>How long a body waits for its place: clients that send many files at once take turns.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly Stack<byte[]> _idle = new();
    private readonly SemaphoreSlim _places = new(MaxBodies);

    /// <summary>Takes a place until it is disposed; waits for one for up to 30 s. Throws <c>overloaded</c>.</summary>
    /// <param name="length">Of the body, where it says so: a shorter one needs no whole piece.</param>
    public async Task<Place> TakeAsync(string userId, long? length, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var user = Enter(userId);
        var isOwn = false;
        try
        {
            await user.Places.WaitAsync(end.Token);
            isOwn = true;
            await _places.WaitAsync(end.Token);
            return new Place(this, user, TakePiece((int)Math.Min(length ?? PieceSize, PieceSize)));
        }
        catch (OperationCanceledException)
        {
            Leave(user, isOwn);
            cancellationToken.ThrowIfCancellationRequested();
            throw ChatException.Unavailable(ErrorCodes.Overloaded, "Too many uploads are under way at once.");
        }
    }

    public void Dispose() => _places.Dispose();

    private User Enter(string userId)
    {
        lock (_lock)
        {
            var user = _users.TryGetValue(userId, out var known) ? known : _users[userId] = new User(userId);
            user.Bodies++;
            return user;
        }
    }

    private void Leave(User user, bool hasPlace)
    {
        lock (_lock)
        {
            if (hasPlace)
            {
                user.Places.Release();
            }

            if (--user.Bodies == 0)
            {
                _users.Remove(user.Id);
                user.Places.Dispose();
            }
        }
    }

    private byte[] TakePiece(int length)
    {
        lock (_lock)
        {
            return _idle.TryPop(out var piece) ? piece : GC.AllocateUninitializedArray<byte>(length);
        }
    }

    private void Return(User user, byte[] piece)
    {
        lock (_lock)
        {
            if (piece.Length == PieceSize && _idle.Count < MaxIdle)
            {
                _idle.Push(piece);
            }
        }

        _places.Release();
        Leave(user, hasPlace: true);
    }

    /// <summary>A user with bodies that have or wait for a place.</summary>
    internal sealed class User(string id)
    {
        public string Id => id;

        public SemaphoreSlim Places { get; } = new(MaxBodiesOfUser);

        public int Bodies { get; set; }
    }

    /// <summary>A body's place; to be disposed once.</summary>
    internal sealed class Place(TusBodies bodies, User user, byte[] piece) : IDisposable
    {
        public byte[] Piece => piece;

        public void Dispose() => bodies.Return(user, piece);
    }
}
