namespace JobQueue.Redis;

/// <summary>Every script, loaded once: a missing or misspelt file fails the first use of the library.</summary>
internal static class RedisScripts
{
    public static RedisScript Open { get; } = RedisScript.Load("open");

    public static RedisScript Enqueue { get; } = RedisScript.Load("enqueue");

    public static RedisScript Fetch { get; } = RedisScript.Load("fetch");

    public static RedisScript Complete { get; } = RedisScript.Load("complete");

    public static RedisScript Settle { get; } = RedisScript.Load("settle");

    public static RedisScript Bury { get; } = RedisScript.Load("bury");

    public static RedisScript Release { get; } = RedisScript.Load("release");

    public static RedisScript Reconcile { get; } = RedisScript.Load("reconcile");

    public static RedisScript Join { get; } = RedisScript.Load("join");

    public static RedisScript Beat { get; } = RedisScript.Load("beat");

    public static RedisScript Leave { get; } = RedisScript.Load("leave");

    public static RedisScript Leased { get; } = RedisScript.Load("leased");

    public static RedisScript Recover { get; } = RedisScript.Load("recover");

    public static RedisScript Promote { get; } = RedisScript.Load("promote");

    public static RedisScript RegisterHandlers { get; } = RedisScript.Load("register_handlers");

    public static RedisScript KnownHandlers { get; } = RedisScript.Load("known_handlers");

    public static RedisScript Turn { get; } = RedisScript.Load("turn");

    public static RedisScript Read { get; } = RedisScript.Load("read");

    public static RedisScript Wait { get; } = RedisScript.Load("wait");

    public static RedisScript Counts { get; } = RedisScript.Load("counts");

    public static RedisScript ListDead { get; } = RedisScript.Load("list_dead");

    public static RedisScript DeadGroups { get; } = RedisScript.Load("dead_groups");

    public static RedisScript ClearDead { get; } = RedisScript.Load("clear_dead");

    public static RedisScript Trim { get; } = RedisScript.Load("trim");

    public static RedisScript TrimDead { get; } = RedisScript.Load("trim_dead");

    public static RedisScript Prune { get; } = RedisScript.Load("prune");

    public static RedisScript Requeue { get; } = RedisScript.Load("requeue");

    public static RedisScript Cancel { get; } = RedisScript.Load("cancel");

    public static RedisScript Delete { get; } = RedisScript.Load("delete");

    public static RedisScript RunNow { get; } = RedisScript.Load("run_now");

    public static RedisScript ListWaiting { get; } = RedisScript.Load("list_waiting");

    public static RedisScript ListTimed { get; } = RedisScript.Load("list_timed");

    public static RedisScript ListRunning { get; } = RedisScript.Load("list_running");

    public static RedisScript ListFinished { get; } = RedisScript.Load("list_finished");

    public static RedisScript ListRecent { get; } = RedisScript.Load("list_recent");

    public static RedisScript Queues { get; } = RedisScript.Load("queues");

    public static RedisScript Pause { get; } = RedisScript.Load("pause");

    public static RedisScript Resume { get; } = RedisScript.Load("resume");

    public static RedisScript Purge { get; } = RedisScript.Load("purge");

    public static RedisScript Workers { get; } = RedisScript.Load("workers");

    public static RedisScript WorkerSnapshots { get; } = RedisScript.Load("worker_snapshots");

    public static RedisScript History { get; } = RedisScript.Load("history");

    public static RedisScript HandlerStatistics { get; } = RedisScript.Load("handler_statistics");

    public static RedisScript Listen { get; } = RedisScript.Load("listen");

    public static RedisScript Progress { get; } = RedisScript.Load("progress");

    public static RedisScript Log { get; } = RedisScript.Load("log");

    public static RedisScript ReadLog { get; } = RedisScript.Load("read_log");

    public static RedisScript ReadSteps { get; } = RedisScript.Load("read_steps");

    public static RedisScript StoreStep { get; } = RedisScript.Load("store_step");

    public static RedisScript PutRecurring { get; } = RedisScript.Load("put_recurring");

    public static RedisScript ReadRecurring { get; } = RedisScript.Load("read_recurring");

    public static RedisScript DueRecurring { get; } = RedisScript.Load("due_recurring");

    public static RedisScript FireRecurring { get; } = RedisScript.Load("fire_recurring");

    public static RedisScript SwitchRecurring { get; } = RedisScript.Load("switch_recurring");

    public static RedisScript RemoveRecurring { get; } = RedisScript.Load("remove_recurring");

    public static RedisScript Walk { get; } = RedisScript.Load("walk");

    public static RedisScript Inspect { get; } = RedisScript.Load("inspect");

    public static RedisScript Verify { get; } = RedisScript.Load("verify");

    public static RedisScript VerifyDead { get; } = RedisScript.Load("verify_dead");

    public static RedisScript VerifyLines { get; } = RedisScript.Load("verify_lines");

    public static RedisScript RepairJob { get; } = RedisScript.Load("repair_job");

    public static RedisScript RepairEntry { get; } = RedisScript.Load("repair_entry");

    public static RedisScript RepairIndex { get; } = RedisScript.Load("repair_index");

    public static RedisScript RepairGroup { get; } = RedisScript.Load("repair_group");

    public static RedisScript SetAside { get; } = RedisScript.Load("set_aside");

    public static RedisScript VerifyTotals { get; } = RedisScript.Load("verify_totals");

    public static IReadOnlyList<RedisScript> All { get; } =
    [
        Open, Enqueue, Fetch, Complete, Settle, Bury, Release, Reconcile, Join, Beat, Leave, Leased, Recover, Promote, RegisterHandlers, KnownHandlers, Turn,
        Read, Wait, Counts, ListDead, Requeue, Cancel, Delete, RunNow,
        DeadGroups, ClearDead, Trim, TrimDead, Prune,
        ListWaiting, ListTimed, ListRunning, ListFinished, ListRecent, Queues, Pause, Resume, Purge, Workers, WorkerSnapshots,
        History, HandlerStatistics, Listen,
        Progress, Log, ReadLog, ReadSteps, StoreStep,
        PutRecurring, ReadRecurring, DueRecurring, FireRecurring, SwitchRecurring, RemoveRecurring,
        Walk, Inspect, Verify, VerifyDead, VerifyLines, VerifyTotals, RepairJob, RepairEntry, RepairIndex, RepairGroup, SetAside,
    ];
}
