using System.Text.RegularExpressions;

namespace JobQueue.Embedded.Servers;

/// <summary>The last lines a server wrote, for error messages. Thread-safe.</summary>
internal sealed partial class ServerOutput(string password)
{
    private const int Kept = 20;
    private const int LongestLine = 400;

    private readonly Queue<string> _lines = new();

    public void Add(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        // A server may quote its configuration when it complains about it.
        var text = TerminalColours().Replace(line, "").Replace(password, "***", StringComparison.Ordinal).TrimEnd();
        lock (_lines)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(text.Length > LongestLine ? text[..LongestLine] + "…" : text);
        }
    }

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TerminalColours();
}
