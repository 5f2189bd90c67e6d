using System.Reflection;

namespace Chat4All.Tests.Files;

/// <summary>A crash that is thrown at one call of a port: instead of the call, or behind it when its effect is there.</summary>
internal sealed class Crash
{
    private int _calls;

    /// <summary>Which call, from 1 on; 0 for none.</summary>
    public int At { get; set; }

    /// <summary>Whether the call takes effect before the crash.</summary>
    public bool Behind { get; set; }

    /// <summary>Whether the run got as far as the call.</summary>
    public bool Happened { get; private set; }

    public void Arm(int at, bool behind) => (At, Behind, Happened, _calls) = (at, behind, false, 0);

    public bool IsNow() => Happened |= ++_calls == At;
}

internal sealed class CrashException : Exception;

/// <summary>A port whose calls may crash.</summary>
internal class Faulty<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private Crash _crash = null!;

    public static T Around(T inner, Crash crash)
    {
        var proxy = Create<T, Faulty<T>>();
        ((Faulty<T>)(object)proxy)._inner = inner;
        ((Faulty<T>)(object)proxy)._crash = crash;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!_crash.IsNow() || !targetMethod!.ReturnType.IsAssignableTo(typeof(Task)))
        {
            return targetMethod!.Invoke(_inner, args);
        }

        if (!_crash.Behind)
        {
            throw new CrashException();
        }

        var call = (Task)targetMethod.Invoke(_inner, args)!;
        return targetMethod.ReturnType == typeof(Task)
            ? BehindAsync<int>(call)
            : typeof(Faulty<T>).GetMethod(nameof(BehindAsync), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(null, [call]);
    }

    private static async Task<TResult> BehindAsync<TResult>(Task call)
    {
        await call;
        throw new CrashException();
    }
}
