using Orleans.Local;

namespace Orleans.Runtime;

/// <summary>A reference to a grain. The engine makes a class derived from it for each interface.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly GrainBinding _binding;

    /// <summary>Where the last call went; saves the look-up.</summary>
    private CallTarget? _target;

    internal GrainReference(GrainBinding binding, IdSpan key)
    {
        _binding = binding;
        Key = key;
    }

    /// <summary>Identity of the grain.</summary>
    public GrainId GrainId => new(Class.GrainType, Key);

    /// <summary>The interface that it is called by.</summary>
    public GrainInterfaceType InterfaceType => _binding.Interface.InterfaceType;

    /// <summary>Full name of the interface that it is called by.</summary>
    public string InterfaceName => InterfaceType.ToString();

    internal IdSpan Key { get; }

    internal GrainClass Class => _binding.Class;

    internal LocalEngine Engine => _binding.Class.Engine;

    /// <summary>A reference to the same grain by another of its interfaces.</summary>
    public TGrainInterface Cast<TGrainInterface>() where TGrainInterface : IAddressable => (TGrainInterface)As(typeof(TGrainInterface));

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    /// <summary>Same grain.</summary>
    public static bool operator ==(GrainReference? left, GrainReference? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Different grains.</summary>
    public static bool operator !=(GrainReference? left, GrainReference? right) => !(left == right);

    internal object As(Type interfaceType)
        => interfaceType.IsInstanceOfType(this) ? this : Engine.GetReference(Class, interfaceType, Key);

    internal Task<TResult> Send<TResult>(ResultCall<TResult> call, int method)
    {
        if (call.GetToken() is { IsCancellationRequested: true } cancelled)
        {
            return Task.FromCanceled<TResult>(cancelled);
        }

        Dispatch(call, method);
        return call.Has(TurnOptions.OneWay) ? Task.FromResult(default(TResult)!) : call.Answer;
    }

    internal Task Send(VoidCall call, int method)
    {
        if (call.GetToken() is { IsCancellationRequested: true } cancelled)
        {
            return Task.FromCanceled(cancelled);
        }

        Dispatch(call, method);
        return call.Has(TurnOptions.OneWay) ? Task.CompletedTask : call.Answer;
    }

    /// <summary>What the grain is doing, for error messages.</summary>
    internal string Describe() => _target switch
    {
        Activation { BlockingCall: { } blocking } busy => $"It was waiting in {busy} behind {blocking}.",
        { } target => $"It was waiting in {target}.",
        null => "It had not reached the grain.",
    };

    internal CallTarget Locate()
    {
        var target = _target;
        if (target is null || target.IsGone)
        {
            _target = target = Class.GetOrAdd(Key);
        }

        return target;
    }

    private void Dispatch(GrainCall call, int method)
    {
        call.Prepare(this, _binding.Interface.Methods[method]);
        Engine.Send(call);
    }
}
