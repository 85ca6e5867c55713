using System.Collections.Frozen;

namespace JobQueue.Redis;

/// <summary>The names of a shard's keys without the root, and what type each has. Described in docs/redis-data-model.md.</summary>
internal static class KeyNames
{
    public const string Ready = "ready";
    public const string Tombstones = "tombstones";
    public const string TombstoneCounts = "tombstones:count";
    public const string Scheduled = "scheduled";
    public const string Retrying = "retrying";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Cancelled = "cancelled";
    public const string Dead = "dead";
    public const string Groups = "dead:groups";
    public const string Cancelling = "cancelling";
    public const string Crashes = "crashes";
    public const string Progress = "progress";
    public const string Attached = "attached";
    public const string Stats = "stats";
    public const string Meta = "meta";

    /// <summary>The priority word of the lists in which jobs wait whose process has died under them.</summary>
    public const string Suspect = "suspect";

    private const string Due = "recurring:due";
    private const string DuePrefix = "recurring:due:";
    private const string JobPrefix = "job:";
    private const string QueuePrefix = "queue:";
    private const string GroupPrefix = "dead:";
    private const string LogSuffix = ":log";
    private const string StepsSuffix = ":steps";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [Meta] = "hash",
        [Ready] = "set",
        ["queues"] = "set",
        ["paused"] = "set",
        [Tombstones] = "hash",
        [TombstoneCounts] = "hash",
        [Scheduled] = "zset",
        [Retrying] = "zset",
        [Running] = "hash",
        [Completed] = "list",
        [Cancelled] = "list",
        [Dead] = "zset",
        [Groups] = "hash",
        ["recent"] = "list",
        ["workers"] = "zset",
        ["lost"] = "zset",
        ["floors"] = "hash",
        ["producers"] = "hash",
        ["handlers"] = "hash",
        ["listeners"] = "zset",
        ["idle"] = "zset",
        ["waiters"] = "hash",
        ["recurring"] = "hash",
        ["recurring:state"] = "hash",
        [Due] = "zset",
        [Cancelling] = "set",
        [Crashes] = "hash",
        [Progress] = "hash",
        [Attached] = "hash",
        [Stats] = "hash",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (string Prefix, string Type)[] TypesByPrefix =
    [
        (JobPrefix, "string"), (QueuePrefix, "list"), (GroupPrefix, "zset"), ("worker:", "string"), ("idle:", "zset"), ("turn:", "string"), ("stats:", "hash"), ("taken:", "hash"),
        (DuePrefix, "zset"),
    ];

    public static string Record(JobId id) => JobPrefix + id;

    public static string Log(JobId id) => JobPrefix + id + LogSuffix;

    public static string Steps(JobId id) => JobPrefix + id + StepsSuffix;

    public static string Group(string fingerprint) => GroupPrefix + fingerprint;

    /// <summary>The times of an application's recurring jobs; of an empty name, of those registered at run time.</summary>
    public static string RecurringDue(string owner) => owner.Length == 0 ? Due : DuePrefix + owner;

    /// <summary>The list of a line <c>&lt;priority&gt;|&lt;queue&gt;</c>.</summary>
    public static string List(string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        return string.Concat(QueuePrefix, line.AsSpan(bar + 1), ":", line.AsSpan(0, bar));
    }

    /// <summary>The line of a list's name; null when the name is not a list's.</summary>
    public static string? LineOf(string name)
    {
        var colon = name.LastIndexOf(':');
        return name.StartsWith(QueuePrefix, StringComparison.Ordinal) && colon > QueuePrefix.Length
            ? string.Concat(name.AsSpan(colon + 1), "|", name.AsSpan(QueuePrefix.Length, colon - QueuePrefix.Length))
            : null;
    }

    /// <summary>The fingerprint of a group's name; null when the name is not a group's.</summary>
    public static string? FingerprintOf(string name)
        => name.StartsWith(GroupPrefix, StringComparison.Ordinal) && name != Groups ? name[GroupPrefix.Length..] : null;

    /// <summary>The id's text in the name of a job's key, and what the key holds of the job; null when the name is not a job's.</summary>
    public static (string Id, string Part)? JobOf(string name)
    {
        if (!name.StartsWith(JobPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var colon = name.IndexOf(':', JobPrefix.Length);
        return colon < 0 ? (name[JobPrefix.Length..], "") : (name[JobPrefix.Length..colon], name[colon..]);
    }

    public static bool IsLog(string part) => part == LogSuffix;

    public static bool IsSteps(string part) => part == StepsSuffix;

    /// <summary>The type that the key of this name has, as Redis's TYPE says it; null when the name is not one of ours.</summary>
    public static string? TypeOf(string name)
    {
        if (Types.TryGetValue(name, out var type))
        {
            return type;
        }

        if (JobOf(name) is { Part.Length: > 0 } job)
        {
            return job.Part == LogSuffix ? "list" : job.Part == StepsSuffix ? "hash" : null;
        }

        return Array.Find(TypesByPrefix, known => name.StartsWith(known.Prefix, StringComparison.Ordinal)).Type;
    }
}
