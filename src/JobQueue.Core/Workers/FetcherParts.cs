using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>What a fetch loop works with.</summary>
/// <param name="Shard">Where jobs come from.</param>
/// <param name="Fleet">The pool's membership.</param>
/// <param name="Pool">What the pool serves.</param>
/// <param name="Slots">Who runs the jobs.</param>
/// <param name="Limits">The limits of queues, shared by all pools of the process.</param>
/// <param name="Stock">The leases of the pool.</param>
/// <param name="Room">How many more it may have.</param>
/// <param name="Home">Where those of this shard are kept and reported.</param>
/// <param name="Undertaker">Ends cancelled jobs that a lost answer leased.</param>
/// <param name="Durations">How long jobs take.</param>
/// <param name="Suspects">Who may run a suspect, shared by all pools of the process.</param>
internal sealed record FetcherParts(
    RedisShard Shard,
    Fleet Fleet,
    PoolSettings Pool,
    ExecutorSlots Slots,
    QueueLimits Limits,
    LeaseStock Stock,
    FetchRoom Room,
    LeaseHome Home,
    Undertaker Undertaker,
    DurationWindow Durations,
    SuspectParts Suspects);

/// <summary>What the pools of a process share so that a suspect runs alone.</summary>
/// <param name="Gate">Closes for it.</param>
/// <param name="Turn">The process's turn in the fleet.</param>
internal sealed record SuspectParts(SuspectGate Gate, SuspectTurn Turn);
