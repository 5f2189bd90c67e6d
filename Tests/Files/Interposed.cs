using System.Reflection;

namespace Chat4All.Tests.Files;

/// <summary>A port whose calls a test may hold up, by the method's name: before they begin, or their answers.</summary>
internal class Interposed<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private Func<string, Task> _before = null!;
    private Func<string, Task> _behind = null!;

    public static T Around(T inner, Func<string, Task>? before = null, Func<string, Task>? behind = null)
    {
        var port = Create<T, Interposed<T>>();
        var proxy = (Interposed<T>)(object)port;
        (proxy._inner, proxy._before, proxy._behind) = (inner, before ?? (static _ => Task.CompletedTask), behind ?? (static _ => Task.CompletedTask));
        return port;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var type = targetMethod!.ReturnType;
        return type == typeof(Task) ? RunAsync(targetMethod, args)
            : type.IsAssignableTo(typeof(Task)) ? typeof(Interposed<T>).GetMethod(nameof(AnswerAsync), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(type.GetGenericArguments()).Invoke(this, [targetMethod, args])
            : targetMethod.Invoke(_inner, args);
    }

    private async Task RunAsync(MethodInfo method, object?[]? args)
    {
        await _before(method.Name);
        await (Task)method.Invoke(_inner, args)!;
        await _behind(method.Name);
    }

    private async Task<TResult> AnswerAsync<TResult>(MethodInfo method, object?[]? args)
    {
        await _before(method.Name);
        var answer = await (Task<TResult>)method.Invoke(_inner, args)!;
        await _behind(method.Name);
        return answer;
    }
}
