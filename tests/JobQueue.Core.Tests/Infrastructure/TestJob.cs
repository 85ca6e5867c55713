using System.Text;
using System.Text.RegularExpressions;
using JobQueue.Redis;
using JobQueue.Workers;

namespace JobQueue.Core.Tests.Infrastructure;

/// <summary>
/// Jobs that tests call by short names: <c>a</c>, <c>b</c>, <c>0001</c>. Their ids sort as the names do, and dumps show the
/// names in place of the ids.
/// </summary>
internal static partial class TestJob
{
    public const string DefaultLine = "normal|default";

    /// <summary>Creation and lease times of seeded jobs: long ago, and the same in every run.</summary>
    public const long LongAgo = 1_700_000_000_000;

    /// <summary>The definition of a recurring job.</summary>
    public const string Hourly = """{"v":1,"handler":"work","interval_ms":3600000,"args":{}}""";

    /// <summary>Of leases that are never reported.</summary>
    public static LeaseHome NoHome { get; } = new(new OpenLeases(), Settler: null!, Stores: null!);

    private const string IdHead = "01900000000070008000";
    private const int MaxName = 5;

    public static JobId Id(string name)
    {
        if (name.Length > MaxName)
        {
            throw new ArgumentException($"'{name}' is longer than {MaxName} letters.", nameof(name));
        }

        return JobId.Parse(IdHead + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name)).PadRight(MaxName * 2, '0') + "00");
    }

    public static string IdText(string name) => Id(name).ToString();

    /// <summary>The id as it is stored.</summary>
    public static byte[] IdBytes(string name) => Id(name).ToUtf8();

    /// <summary>The name of an id as it is stored.</summary>
    public static string Shorten(byte[] id) => Shorten(Encoding.UTF8.GetString(id));

    /// <summary>A text with names in place of the ids in it.</summary>
    public static string Shorten(string text)
        => IdPattern().Replace(text, static id => Encoding.ASCII.GetString(Convert.FromHexString(id.Groups["name"].Value)).TrimEnd('\0'));

    /// <summary>The token of a job that <see cref="StoreSeed.Running"/> leased.</summary>
    public static string Token(string worker, long fetchNumber = 1) => LeaseToken.Format(worker, fetchNumber, LongAgo);

    /// <summary>The record of a seeded job.</summary>
    public static byte[] Record(string name, string line = DefaultLine, TerminalStatus? status = null, string? fingerprint = null)
    {
        var (priority, queue) = Split(line);
        return JobRecordWriter.Write(new JobRecord
        {
            Id = Id(name),
            Name = "work",
            Queue = queue,
            Priority = priority,
            Args = Encoding.UTF8.GetBytes($$"""{"job":"{{name}}"}"""),
            CreatedAt = LongAgo,
            Fingerprint = fingerprint,
            Status = status,
            FinishedAt = status is null ? null : LongAgo,
        });
    }

    /// <summary>A job that is to be enqueued.</summary>
    public static EnqueueItem Item(string name, string line, string due, byte[] record) => new(Id(name), "work", Split(line).Queue, line, due, record);

    /// <summary>The list that jobs of a line wait in.</summary>
    public static string List(string line)
    {
        var parts = line.Split('|');
        return $"queue:{parts[1]}:{parts[0]}";
    }

    private static (JobPriority Priority, string Queue) Split(string line)
    {
        var parts = line.Split('|');
        return (JobPriorities.TryParse(Encoding.ASCII.GetBytes(parts[0]), out var priority)
            ? priority
            : throw new ArgumentException($"'{line}' has no known priority.", nameof(line)), parts[1]);
    }

    [GeneratedRegex(IdHead + "(?<name>[0-9a-f]{10})00", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex IdPattern();
}
