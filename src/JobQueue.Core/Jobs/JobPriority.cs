namespace JobQueue;

/// <summary>How urgent a job is. A worker takes waiting jobs of a higher priority first.</summary>
public enum JobPriority
{
    /// <summary>Before all others.</summary>
    Critical = 0,

    /// <summary>Before <see cref="Normal"/>.</summary>
    High = 1,

    /// <summary>The default.</summary>
    Normal = 2,

    /// <summary>When nothing more urgent waits.</summary>
    Low = 3,
}

/// <summary>The words that priorities are written with in Redis and on the wire.</summary>
internal static class JobPriorities
{
    /// <summary>Every priority, most urgent first: the order in which lists are visited.</summary>
    public const string StrictOrder = "critical,high,normal,low";

    /// <summary>Stands in the place of a priority for jobs whose process has died under them once less than is allowed.</summary>
    public const string Suspect = "suspect";

    public const int Count = 4;

    private static readonly string[] Words = ["critical", "high", "normal", "low"];

    private static readonly byte[][] Utf8Words = [.. Words.Select(static word => System.Text.Encoding.ASCII.GetBytes(word))];

    public static string ToWord(this JobPriority priority) => Words[(int)priority];

    public static ReadOnlySpan<byte> ToUtf8Word(this JobPriority priority) => Utf8Words[(int)priority];

    public static bool IsDefined(JobPriority priority) => (uint)priority < (uint)Words.Length;

    /// <summary>The priority of a line; false for the suspects' lines, which have none.</summary>
    public static bool TryParseLine(string line, out JobPriority priority)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            if (line.Length > Words[i].Length && line[Words[i].Length] == '|' && line.StartsWith(Words[i], StringComparison.Ordinal))
            {
                priority = (JobPriority)i;
                return true;
            }
        }

        priority = default;
        return false;
    }

    public static bool IsSuspectLine(string line) => line.StartsWith(Suspect + "|", StringComparison.Ordinal);

    /// <summary>The queue of a line <c>&lt;priority&gt;|&lt;queue&gt;</c>.</summary>
    public static ReadOnlySpan<char> QueueOf(string line) => line.AsSpan(line.IndexOf('|', StringComparison.Ordinal) + 1);

    public static bool TryParse(string? word, out JobPriority priority)
    {
        var at = Array.IndexOf(Words, word);
        priority = at < 0 ? default : (JobPriority)at;
        return at >= 0;
    }

    public static bool TryParse(ReadOnlySpan<byte> word, out JobPriority priority)
    {
        for (var i = 0; i < Utf8Words.Length; i++)
        {
            if (word.SequenceEqual(Utf8Words[i]))
            {
                priority = (JobPriority)i;
                return true;
            }
        }

        priority = default;
        return false;
    }
}
