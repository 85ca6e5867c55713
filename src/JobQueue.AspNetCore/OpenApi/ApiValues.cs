namespace JobQueue.AspNetCore.OpenApi;

/// <summary>Parameters and members that several endpoints have.</summary>
internal static class ApiValues
{
    private static readonly string[] Priorities = ["critical", "high", "normal", "medium", "low"];
    private static readonly string[] States = ["pending", "scheduled", "running", "retrying", "completed", "failed", "cancelled"];

    public static ApiValue Limit { get; } = new("limit", ApiValueKind.Integer, "Most entries of the answer. Default: 50.") { Least = 1, Most = 500 };

    public static ApiValue StreamLimit { get; } = new("limit", ApiValueKind.Integer, "Most entries of the answer. Default: all, up to 10,000.") { Least = 1, Most = 500 };

    public static ApiValue Cursor { get; } = new("cursor", ApiValueKind.Text, "Where the list goes on: X-Next-Cursor of the answer before.");

    public static ApiValue Queue { get; } = new("queue", ApiValueKind.Text, "The queue.");

    public static ApiValue Priority { get; } = new("priority", ApiValueKind.Text, "The priority; medium and normal are one. Default: the handler's.") { Words = Priorities };

    public static ApiValue Status { get; } = new("status", ApiValueKind.Text, "The state. Default: any.") { Words = States };

    public static ApiValue JobType { get; } = new("job_type", ApiValueKind.Text, "The handler.");

    public static ApiValue Tag { get; } = new("tag", ApiValueKind.Text, "A tag that the job has.");

    public static ApiValue CreatedAfter { get; } = new("created_after", ApiValueKind.Time, "Enqueued then or later.");

    public static ApiValue CreatedBefore { get; } = new("created_before", ApiValueKind.Time, "Enqueued then or before.");

    public static ApiValue Fingerprint { get; } = new("fingerprint", ApiValueKind.Text, "The group of dead jobs.");

    public static ApiValue Args { get; } = new("args", ApiValueKind.Json, "Arguments in place of the job's own. Default: its own.");

    public static ApiValue MaxRetries { get; } = new("max_retries", ApiValueKind.Integer, "Retries after a failure. Default: the handler's.") { Least = 0, Most = 100 };

    /// <summary>When a recurring job fires: one of three.</summary>
    public static ApiValue[] Timetable { get; } =
    [
        new("cron_expression", ApiValueKind.Text, "Five fields, or six with a second first, or a macro such as @daily; names, ranges, steps, L, W and # are known."),
        new("interval_seconds", ApiValueKind.Number, "The time from one occurrence to the next.") { Least = 0.1m, Most = 31_622_400 },
        new("run_at", ApiValueKind.Time, "The one time at which it fires."),
        new("time_zone", ApiValueKind.Text, "The IANA time zone of a cron expression. Default: UTC."),
    ];

    /// <summary>What may stand in a path.</summary>
    public static ApiValue InPath(string name) => name switch
    {
        "id" => new("id", ApiValueKind.Text, "A job's id: 32 hex digits, or a UUID with hyphens."),
        "fingerprint" => Fingerprint,
        _ => new(name, ApiValueKind.Text, "A name: a letter or digit, then letters, digits, dots, hyphens and underscores; up to 200 characters."),
    };
}
