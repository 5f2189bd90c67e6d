namespace Chat4All.Frontend.RealTime.Connections;

/// <summary>Where a queue's frames go.</summary>
internal interface IFrameSink
{
    /// <summary>Writes the frames and completes when the transport wants more; one call at a time.</summary>
    ValueTask WriteAsync(List<OutgoingFrame> frames);

    /// <summary>Writing failed or the last frame has been written: nothing more will be.</summary>
    void WritingEnded(Exception? fault);
}

/// <summary>
/// What waits to be written to one connection. Whatever gathers while a write is under way goes out in the next one; a connection with nothing to send holds no buffer and no task.
/// The queue is its own lock: nobody else sees it, and ten thousand idle ones should hold nothing that they don't need.
/// </summary>
internal sealed class SendQueue(IFrameSink sink, int maxBytes) : IThreadPoolWorkItem
{
    private List<OutgoingFrame>? _waiting;
    private TaskCompletionSource? _drained;
    private int _bytes;
    private bool _writing;
    private bool _last;

    /// <summary>What adding a frame led to.</summary>
    internal enum Added
    {
        /// <summary>It is on its way with what is being written.</summary>
        Queued,

        /// <summary>The caller must call <see cref="Start"/>, now or after adding more.</summary>
        StartNeeded,

        /// <summary>The limit is exceeded; the frame was not taken.</summary>
        Full,

        /// <summary>The last frame was taken before.</summary>
        Ended,
    }

    /// <summary>Bytes taken and not yet handed to the transport.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a frame.</summary>
    public Added Add(OutgoingFrame frame)
    {
        lock (this)
        {
            if (_last)
            {
                return Added.Ended;
            }

            if (_bytes + frame.Bytes.Length > maxBytes)
            {
                return Added.Full;
            }

            return Take(frame);
        }
    }

    /// <summary>Takes the last frame of all, whatever the limit. With <paramref name="discard"/> it overtakes what waits; answers how many frames that cost.</summary>
    public int AddLast(OutgoingFrame? frame, bool discard, out bool startNeeded)
    {
        lock (this)
        {
            startNeeded = false;
            if (_last)
            {
                return 0;
            }

            var dropped = 0;
            if (discard && _waiting is not null)
            {
                dropped = _waiting.Count;
                _bytes -= _waiting.Sum(static waiting => waiting.Bytes.Length);
                _waiting.Clear();
            }

            _last = true;
            if (frame is not null)
            {
                startNeeded = Take(frame) == Added.StartNeeded;
            }
            else if (!_writing)
            {
                _writing = true;
                startNeeded = true;
            }

            return dropped;
        }
    }

    /// <summary>Completes when everything taken so far has been handed to the transport, at once if nothing waits.</summary>
    public Task WhenDrained()
    {
        lock (this)
        {
            return _writing ? (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Begins writing, on the thread pool.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => _ = WriteAllAsync();

    private Added Take(OutgoingFrame frame)
    {
        _bytes += frame.Bytes.Length;
        (_waiting ??= FrameLists.Rent()).Add(frame);
        if (_writing)
        {
            return Added.Queued;
        }

        _writing = true;
        return Added.StartNeeded;
    }

    private async Task WriteAllAsync()
    {
        Exception? fault = null;
        var ended = false;
        try
        {
            while (Next(out ended) is { } frames)
            {
                var bytes = 0;
                foreach (var frame in frames)
                {
                    bytes += frame.Bytes.Length;
                }

                await sink.WriteAsync(frames);
                FrameLists.Return(frames);
                lock (this)
                {
                    _bytes -= bytes;
                }
            }
        }
        catch (Exception failed)
        {
            // Any failure to write is the end of this one connection, whose owner hears of it below.
            fault = failed;
            Forget();
        }

        if (fault is not null || ended)
        {
            sink.WritingEnded(fault);
        }
    }

    /// <summary>What to write next; null, and the queue idle again, when nothing waits.</summary>
    private List<OutgoingFrame>? Next(out bool ended)
    {
        lock (this)
        {
            var frames = _waiting;
            _waiting = null;
            ended = frames is null && _last;
            if (frames is null)
            {
                _writing = false;
                _drained?.SetResult();
                _drained = null;
            }

            return frames;
        }
    }

    private void Forget()
    {
        lock (this)
        {
            _last = true;
            _writing = false;
            _waiting = null;
            _bytes = 0;
            _drained?.SetResult();
            _drained = null;
        }
    }
}
