using Microsoft.Extensions.Logging;

namespace JobQueue.Diagnostics;

/// <summary>
/// Every log message of this assembly. Event ids: 1xx the worker's life, 2xx jobs, 3xx Redis. Arguments and results are
/// never logged.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "Worker {WorkerId} started: concurrency {Concurrency}, queues {Queues}")]
    public static partial void WorkerStarted(ILogger logger, string workerId, int concurrency, string queues);

    [LoggerMessage(102, LogLevel.Information, "Worker {WorkerId} stopped: {HandedBack} unfinished jobs handed back")]
    public static partial void WorkerStopped(ILogger logger, string workerId, int handedBack);

    [LoggerMessage(103, LogLevel.Warning, "Worker {WorkerId} was declared lost; its jobs may run elsewhere. It goes on under a new id")]
    public static partial void WorkerLost(ILogger logger, string workerId);

    [LoggerMessage(104, LogLevel.Warning, "Workers {WorkerIds} were declared lost; {Jobs} of their jobs wait again")]
    public static partial void WorkersRecovered(ILogger logger, string workerIds, int jobs);

    [LoggerMessage(105, LogLevel.Information, "Stopping with {Running} running jobs; they have {Timeout} to finish")]
    public static partial void Stopping(ILogger logger, int running, TimeSpan timeout);

    [LoggerMessage(106, LogLevel.Warning, "{Outcomes} outcomes could not be stored before the stop; their jobs run again after the lease ends")]
    public static partial void OutcomesNotStored(ILogger logger, int outcomes);

    [LoggerMessage(107, LogLevel.Error, "The {Loop} loop met an error it did not expect and goes on")]
    public static partial void LoopFailed(ILogger logger, string loop, Exception exception);

    [LoggerMessage(108, LogLevel.Warning, "The connection is shared with the host, so a large reply can delay a heartbeat and cost the lease. A ConnectionString or ConnectionFactory gives the heartbeat its own connection")]
    public static partial void HeartbeatSharesConnection(ILogger logger);

    [LoggerMessage(109, LogLevel.Warning, "Redis has not answered a heartbeat for {Lease}: the jobs of this worker may be taken for lost")]
    public static partial void LeaseUncertain(ILogger logger, TimeSpan lease);

    [LoggerMessage(110, LogLevel.Error, "Pool {Pool} has shrunk to {Slots} slots: more than {MaxStuckSlots} handlers go on although their tokens have fired")]
    public static partial void PoolShrinks(ILogger logger, string pool, int slots, int maxStuckSlots);

    [LoggerMessage(111, LogLevel.Error, "The fetch loop has not turned for {Duration} and is started anew")]
    public static partial void FetchLoopStalled(ILogger logger, TimeSpan duration);

    [LoggerMessage(112, LogLevel.Warning, "{Pings} messages to this worker's own channel did not arrive; the channels are subscribed anew")]
    public static partial void SubscriptionStalled(ILogger logger, int pings);

    [LoggerMessage(113, LogLevel.Warning, "{Jobs} jobs stood leased under this worker although it had reported them: the server has lost acknowledged writes. They wait again")]
    public static partial void ForgottenLeases(ILogger logger, int jobs);

    [LoggerMessage(114, LogLevel.Warning, "A listener for spans, or a log, has thrown while an attempt began or ended; the job is not affected")]
    public static partial void ObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(115, LogLevel.Debug, "Fetches nothing for at most {Bound}, so that its jobs end and one that may have killed its process runs alone")]
    public static partial void SuspectDrains(ILogger logger, TimeSpan bound);

    [LoggerMessage(116, LogLevel.Information, "Fetches again: jobs still run after {Bound} in which one that may have killed its process was to run alone. The next wait is up to {Next}")]
    public static partial void SuspectDrainGivenUp(ILogger logger, TimeSpan bound, TimeSpan next);

    [LoggerMessage(201, LogLevel.Warning, "Job {JobId} ({Name}) failed in attempt {Attempt}; next try in {Delay}")]
    public static partial void JobRetrying(ILogger logger, JobId jobId, string name, int attempt, TimeSpan delay, Exception exception);

    [LoggerMessage(202, LogLevel.Error, "Job {JobId} ({Name}) failed in attempt {Attempt} and is dead")]
    public static partial void JobDied(ILogger logger, JobId jobId, string name, int attempt, Exception exception);

    [LoggerMessage(203, LogLevel.Error, "The record of job {JobId} can't be read and is buried: {Problem}")]
    public static partial void RecordCorrupt(ILogger logger, string jobId, string problem);

    [LoggerMessage(204, LogLevel.Warning, "Job {JobId} is named '{Name}', which has no handler here; handed back for {Delay}")]
    public static partial void HandlerUnknown(ILogger logger, JobId jobId, string name, TimeSpan delay);

    [LoggerMessage(205, LogLevel.Warning, "{Outcomes} outcomes were refused, the first of job {JobId}: their leases are other workers' now")]
    public static partial void OutcomesRefused(ILogger logger, int outcomes, string jobId);

    [LoggerMessage(206, LogLevel.Warning, "The handler of job {JobId} ({Name}) did not stop in time after {Reason} and was given up; it may still be running")]
    public static partial void JobAbandoned(ILogger logger, JobId jobId, string name, Workers.StopReason reason);

    [LoggerMessage(207, LogLevel.Warning, "Job {JobId} ({Name}) has ended without a handler: {Reason}")]
    public static partial void JobBuried(ILogger logger, JobId jobId, string name, string reason);

    [LoggerMessage(208, LogLevel.Information, "Job {JobId} ({Name}) was discarded by its handler and is dead")]
    public static partial void JobDiscarded(ILogger logger, JobId jobId, string name);

    [LoggerMessage(209, LogLevel.Warning, "The result of job {JobId} ({Name}) is {Bytes} bytes of JSON and was not kept: MaxResultBytes is {Limit}")]
    public static partial void ResultTooLarge(ILogger logger, JobId jobId, string name, int bytes, int limit);

    [LoggerMessage(220, LogLevel.Warning, "There are {Count} dead letters, and retention removes the oldest beyond {Limit}. Retry or delete them, or raise JobQueueOptions.Retention.DeadCount")]
    public static partial void DeadLettersNearLimit(ILogger logger, long count, int limit);

    [LoggerMessage(230, LogLevel.Debug, "The recurring job '{Name}' has fired and enqueued {Jobs} jobs")]
    public static partial void RecurringFired(ILogger logger, string name, int jobs);

    [LoggerMessage(231, LogLevel.Error, "The recurring job '{Name}' is due and this process can't fire it: {Problem}")]
    public static partial void RecurringNotFired(ILogger logger, string name, string problem);

    [LoggerMessage(232, LogLevel.Information, "The recurring job '{Name}' was removed: it came to its end, or no process has declared it for a day")]
    public static partial void RecurringRemoved(ILogger logger, string name);

    [LoggerMessage(301, LogLevel.Warning, "Redis does not answer '{Operation}'; trying again")]
    public static partial void RedisAway(ILogger logger, string operation, Exception exception);

    [LoggerMessage(302, LogLevel.Information, "Redis answers '{Operation}' again after {Failures} failed calls")]
    public static partial void RedisBack(ILogger logger, string operation, int failures);

    [LoggerMessage(303, LogLevel.Warning, "The server's maxmemory-policy is {Policy}: keys with an expiry may be deleted when memory is short. Set it to noeviction")]
    public static partial void EvictionOfVolatileKeys(ILogger logger, string policy);

    [LoggerMessage(307, LogLevel.Warning, "The store has {Shards} shards, and Shards is {Set}: this process works on all of them, and spreads new jobs over the first {Set} only. Set Shards to {Shards} in every process, unless the others are to empty")]
    public static partial void MoreShardsThanSet(ILogger logger, int shards, int set);

    [LoggerMessage(306, LogLevel.Warning, "The master has {Found} replicas, and ReplicasToAcknowledge asks for {Wanted}: enqueues are refused with JQ1116 until more are connected")]
    public static partial void TooFewReplicas(ILogger logger, int found, int wanted);

    [LoggerMessage(305, LogLevel.Warning, "Redis has answered nothing over a connection for {Limit} (CallTimeout) or sent no messages, and answers over a new one, which is used from now on. The other end of the old one may have vanished, or the client did not make it again")]
    public static partial void ConnectionReplaced(ILogger logger, TimeSpan limit);

    [LoggerMessage(304, LogLevel.Information, "Connected to Redis at {Endpoints} ({Version}), keys under {Root}")]
    public static partial void Connected(ILogger logger, string endpoints, string version, string root);
}
