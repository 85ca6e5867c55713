using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>Attempts that did not succeed, of jobs that the worker <c>w</c> holds.</summary>
internal static class SettleCall
{
    public const long Hour = 3_600_000;

    /// <summary>The text that <see cref="Dead"/> describes its group with.</summary>
    public const string Group = """{"handler":"work"}""";

    public static SettleItem Retry(string name, long delay = Hour, string line = TestJob.DefaultLine)
        => Of(name, SettleOutcome.Retrying, Encoding.UTF8.GetBytes(name + " has failed")) with { DelayMs = delay, Line = line };

    public static SettleItem Schedule(string name, long delay = Hour, string line = TestJob.DefaultLine)
        => Of(name, SettleOutcome.Scheduled, Encoding.UTF8.GetBytes(name + " is put off")) with { DelayMs = delay, Line = line };

    public static SettleItem Dead(string name, string? fingerprint = null)
        => Of(name, SettleOutcome.Dead, TestJob.Record(name, status: TerminalStatus.Failed, fingerprint: fingerprint));

    public static SettleItem Cancel(string name) => Of(name, SettleOutcome.Cancelled, TestJob.Record(name, status: TerminalStatus.Cancelled));

    /// <summary>The same, of an attempt in which the handler did not run.</summary>
    public static SettleItem WithoutRun(this SettleItem item) => item with { WaitField = "", RunField = "" };

    public static Task<ScriptStatus[]> SendAsync(RedisShard shard, params SettleItem[] jobs) => SettleScript.RunAsync(shard, jobs, CancellationToken.None);

    private static SettleItem Of(string name, SettleOutcome outcome, byte[] record)
        => new(TestJob.IdText(name), TestJob.Token("w"), outcome, 0, TestJob.DefaultLine, TestJob.LongAgo, "work", "w3", "r5", Encoding.UTF8.GetBytes(Group), record);
}
