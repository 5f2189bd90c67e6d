using System.Text;

namespace Chat4All.Tests.Hosting;

/// <summary>Everything a program wrote, over all its restarts.</summary>
internal sealed class ProcessOutput
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    /// <summary>All lines so far, standard output and standard error as they came.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _text.ToString();
            }
        }
    }

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _text.AppendLine(line);
        }
    }

    /// <summary>The last lines, for the message of a failed test.</summary>
    public string Tail(int lines = 40) => string.Join('\n', Text.Split('\n').TakeLast(lines));
}
