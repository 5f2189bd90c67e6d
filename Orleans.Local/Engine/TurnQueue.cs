namespace Orleans.Local;

/// <summary>First in, first out, with removal from the middle. Belongs to one activation's turn.</summary>
internal struct TurnQueue
{
    private Turn? _first;
    private Turn? _last;

    public int Count { get; private set; }

    public readonly Turn? First => _first;

    public void Add(Turn turn)
    {
        turn.Next = null;
        if (_last is null)
        {
            _first = turn;
        }
        else
        {
            _last.Next = turn;
        }

        _last = turn;
        Count++;
    }

    public Turn? TryTake() => TryTake(static (_, _) => true, 0);

    /// <summary>Takes out the first turn that passes.</summary>
    public Turn? TryTake<TState>(Func<Turn, TState, bool> passes, TState state)
    {
        Turn? before = null;
        for (var turn = _first; turn is not null; before = turn, turn = (Turn?)turn.Next)
        {
            if (!passes(turn, state))
            {
                continue;
            }

            if (before is null)
            {
                _first = (Turn?)turn.Next;
            }
            else
            {
                before.Next = turn.Next;
            }

            _last = ReferenceEquals(_last, turn) ? before : _last;
            turn.Next = null;
            Count--;
            return turn;
        }

        return null;
    }
}
