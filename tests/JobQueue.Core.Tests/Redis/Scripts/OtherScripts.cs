using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis.Scripts;

/// <summary>The scripts that only look, and two that write apart from the jobs: a call of each.</summary>
internal static class OtherScripts
{
    private const string Fingerprint = "0123456789abcdef";

    public static IReadOnlyDictionary<string, Func<RedisShard, Task>> Calls { get; } = new Dictionary<string, Func<RedisShard, Task>>(StringComparer.Ordinal)
    {
        ["open"] = static shard => OpenScript.RunAsync(shard, 7, shards: 2, default),
        ["set_aside"] = static shard => SetAsideScript.RunAsync(shard, "worker:odd", "string", default),
        ["leased"] = static shard => LeasedScript.RunAsync(shard, "w", "0", 10, default),
        ["known_handlers"] = static shard => KnownHandlersScript.RunAsync(shard, default),
        ["read"] = static shard => ReadScript.RunAsync(shard, [TestJob.Id("a"), TestJob.Id("e")], default),
        ["counts"] = static shard => CountsScript.RunAsync(shard, default),
        ["list_dead"] = static shard => ListDeadScript.RunAsync(shard, new DeadQuery(10), default),
        ["dead_groups"] = static shard => DeadGroupsScript.RunAsync(shard, "0", default),
        ["list_waiting"] = static shard => ListScripts.WaitingAsync(shard, 10, next: null, default),
        ["list_timed"] = static shard => ListScripts.TimedAsync(shard, 10, JobState.Scheduled, next: null, default),
        ["list_running"] = static shard => ListScripts.RunningAsync(shard, 10, next: null, default),
        ["list_finished"] = static shard => ListScripts.FinishedAsync(shard, 10, JobState.Completed, next: null, default),
        ["list_recent"] = static shard => ListScripts.RecentAsync(shard, 10, next: null, default),
        ["queues"] = static shard => QueuesScript.RunAsync(shard, paused: false, "0", 10, default),
        ["workers"] = static shard => WorkersScript.RunAsync(shard, 10, default),
        ["worker_snapshots"] = static shard => WorkerSnapshotsScript.RunAsync(shard, ["w"], default),
        ["history"] = static shard => HistoryScript.RunAsync(shard, 2, last: null, default),
        ["handler_statistics"] = static shard => HandlerStatisticsScript.RunAsync(shard, 2, ["work"], default),
        ["read_log"] = static shard => ReadLogScript.RunAsync(shard, TestJob.Id("a"), default),
        ["read_steps"] = static shard => ReadStepsScript.RunAsync(shard, TestJob.IdText("e"), TestJob.Token("w"), default),
        ["read_recurring"] = static shard => ReadRecurringScript.PageAsync(shard, ReadRecurringScript.Ends, default),
        ["due_recurring"] = static shard => DueRecurringScript.RunAsync(shard, "shop", 0, default),
        ["walk"] = static shard => WalkScript.RunAsync(shard, "running", "0", 10, default),
        ["inspect"] = static shard => InspectScript.RunAsync(shard, new[] { "running", "job:" + TestJob.IdText("a") }, default),
        ["verify"] = static shard => VerifyScript.RunAsync(shard, new[] { new Suspect(TestJob.Id("a"), "", "", InTwoPlaces: false) }, default),
        ["verify_dead"] = static shard => VerifyDeadScript.RunAsync(shard, Fingerprint, new[] { TestJob.IdText("f") }, default),
        ["verify_lines"] = static shard => VerifyLinesScript.RunAsync(shard, new[] { TestJob.DefaultLine }, default),
        ["verify_totals"] = static shard => VerifyTotalsScript.RunAsync(shard, [new SeenLease(TestJob.IdText("e"), TestJob.Token("w"), "w", 1)], default),
    };

    /// <summary>A job in each state, and what the two that write have to write.</summary>
    public static void Seed(StoreSeed seed) => seed
        .Pending("a", "b").Tombstone("b").Scheduled("c", TimeSpan.FromHours(1)).Retrying("d", TimeSpan.FromHours(1)).Running("e").Dead("f", fingerprint: Fingerprint)
        .Completed("g").Worker("w").Paused("mail").Hash("handlers", "work", "1|{}").Hash("worker:odd", "wrong", "type")
        .Recurring("tick", TestJob.LongAgo).Recurring("report", TestJob.LongAgo, "shop");
}
