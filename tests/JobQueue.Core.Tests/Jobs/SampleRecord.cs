using System.Text;

namespace JobQueue.Core.Tests.Jobs;

/// <summary>Records that use every member, and the shortest one.</summary>
internal static class SampleRecord
{
    public static readonly JobId Id = JobId.Parse("0190f3e29f5b7c018a3c2d4e5f607100");

    public static JobRecord Shortest(string args = "{}") => new()
    {
        Id = Id,
        Name = "sync_portfolio",
        Queue = "default",
        Priority = JobPriority.Normal,
        Args = Encoding.UTF8.GetBytes(args),
        CreatedAt = 1_700_000_000_000,
    };

    public static JobRecord Full(string args = """{"user_id":"user-123"}""") => new()
    {
        Id = Id,
        Name = "sync_portfolio",
        Queue = "eu-west.portfolio_1",
        Priority = JobPriority.Critical,
        Args = Encoding.UTF8.GetBytes(args),
        CreatedAt = 1_700_000_000_000,
        ScheduledAt = 1_700_000_060_000,
        MaxRetries = 5,
        TimeoutMs = 60_000,
        ExpiresAfterMs = 31_536_000_000,
        Deadline = 1_700_000_090_000,
        UserId = "user-123",
        Tags = ["eu", "a \"quoted\" tag"],
        Headers = new Dictionary<string, string> { ["tenant"] = "a \"quoted\" one", ["Zürich 𝄞"] = "" },
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        TraceState = "vendor=a",
        Recurring = "nightly",
        RequestHash = "0123456789abcdef",
        Occurrence = 1_800_000_000_000,
        CopiedFrom = JobId.Parse("0190f3e29f5b7c018a3c2d4e5f607000"),
        RetryCount = 2,
        Round = 3,
        RequeuedAt = 1_700_000_055_000,
        Snoozes = 4,
        UnknownSince = 1_700_000_056_000,
        Fingerprint = "0123456789abcdef",
        Status = TerminalStatus.Failed,
        FinishedAt = 1_700_000_070_000,
        Reason = "a reason with \"quotes\", \\, é, 𝄞 and \u0001",
        Attempts =
        [
            Attempt(2, "System.TimeoutException", "too slow\nsecond line", "   at Some.Method()", 1_700_000_065_000),
            Attempt(3, null, null, null, null),
        ],
        Result = Encoding.UTF8.GetBytes("[1, 2,  3]"),
        Raw = "eyJicm9rZW4i",
        ArgsDropped = 20_000,
        ResultDropped = 300_000,
    };

    public static string Text(JobRecord record) => Encoding.UTF8.GetString(JobRecordWriter.Write(record));

    public static JobRecord? Read(string text, out string? problem) => JobRecordReader.TryRead(Id, Encoding.UTF8.GetBytes(text), out problem);

    private static JobAttempt Attempt(int number, string? type, string? message, string? stack, long? next) => new()
    {
        Number = number,
        StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_060_000 + number),
        EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_060_500 + number),
        WorkerId = "web-1-x7",
        ErrorType = type,
        ErrorMessage = message,
        StackTrace = stack,
        NextRetryAt = next is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
    };
}
