namespace Orleans.Local;

/// <summary>The calls that have no answer yet, so that each gets one in time. Striped by processor.</summary>
internal sealed class PendingCalls
{
    private readonly Stripe[] _stripes;

    public PendingCalls()
    {
        _stripes = new Stripe[Environment.ProcessorCount];
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe();
        }
    }

    public void Add(GrainCall call)
    {
        var stripe = _stripes[Thread.GetCurrentProcessorId() % _stripes.Length];
        ref var place = ref call.Pending;
        lock (stripe)
        {
            place.Stripe = stripe;
            place.Earlier = stripe.Last;
            if (stripe.Last is null)
            {
                stripe.First = call;
            }
            else
            {
                stripe.Last.Pending.Later = call;
            }

            stripe.Last = call;
        }
    }

    /// <summary>Does nothing when it is not there.</summary>
    public static void Remove(GrainCall call)
    {
        ref var place = ref call.Pending;
        if (place.Stripe is not { } stripe)
        {
            return;
        }

        lock (stripe)
        {
            if (place.Earlier is null)
            {
                stripe.First = place.Later;
            }
            else
            {
                place.Earlier.Pending.Later = place.Later;
            }

            if (place.Later is null)
            {
                stripe.Last = place.Earlier;
            }
            else
            {
                place.Later.Pending.Earlier = place.Earlier;
            }

            place.Stripe = null;
            place.Earlier = null;
            place.Later = null;
        }
    }

    /// <summary>The calls that pass, oldest first in each stripe. They stay until they are removed.</summary>
    public List<GrainCall> Find(Func<GrainCall, bool> passes)
    {
        var found = new List<GrainCall>();
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                for (var call = stripe.First; call is not null; call = call.Pending.Later)
                {
                    if (passes(call))
                    {
                        found.Add(call);
                    }
                }
            }
        }

        return found;
    }

    internal struct Place
    {
        public Stripe? Stripe;
        public GrainCall? Earlier;
        public GrainCall? Later;
    }

    internal sealed class Stripe
    {
        public GrainCall? First;
        public GrainCall? Last;
    }
}
