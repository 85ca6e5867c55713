using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Diagnostics;

/// <summary>
/// Every error this assembly reports: what happened, why, what to do. Each has a stable id with a page in
/// docs/diagnostics/, and a test that pins its text.
/// </summary>
internal static partial class Errors
{
    private const string RegisterPipeline =
        "Register it with services.AddResiliencePipeline (package Polly.Extensions), or register a ResiliencePipelineRegistry<string> that has it as the ResiliencePipelineProvider<string>.";

    // JQ10xx: refused before anything was written.
    public static InvalidJobException InvalidHandlerName(string? name) => new(
        "JQ1001",
        $"The handler name '{Names.Shorten(name)}' is not valid. A name is {Names.Rule}.",
        "name");

    public static InvalidJobException InvalidQueueName(string? queue) => new(
        "JQ1002",
        $"The queue name '{Names.Shorten(queue)}' is not valid. A name is {Names.Rule}.",
        "queue");

    public static InvalidJobException ArgsNotSerialisable(string handler, Type type, Exception cause) => new(
        "JQ1003",
        $"The arguments of job '{handler}' ({type}) can't be written as JSON: {FirstLine(cause)} Pass a type that System.Text.Json can serialise with JobQueueOptions.SerializerOptions.",
        "args",
        cause);

    public static InvalidJobException ArgsTooLarge(string handler, long bytes, int limit) => new(
        "JQ1004",
        $"The arguments of job '{handler}' are {Number(bytes)} bytes of JSON, and MaxPayloadBytes allows {Number(limit)}. Store the data elsewhere and pass a reference to it, or raise JobQueueOptions.MaxPayloadBytes (at most 1,048,576).",
        "args");

    public static InvalidJobException DelayOutOfRange(TimeSpan delay) => new(
        "JQ1005",
        $"The delay {delay} is not allowed: it must be zero or more, and end before the year 10000. For a job that is due at once leave Delay unset.",
        "delay");

    public static InvalidJobException ScheduledTooLate(DateTimeOffset at) => new(
        "JQ1006",
        $"The time {at:O} is too late: ScheduledAt must be before the year 10000 in UTC. A time in the past runs at once.",
        "scheduledAt");

    public static InvalidJobException DelayAndScheduledAt() => new(
        "JQ1007",
        "Both Delay and ScheduledAt are set, and they may say different things. Set one of them.",
        "delay");

    public static InvalidJobException MaxRetriesOutOfRange(int retries) => new(
        "JQ1008",
        $"MaxRetries is {Number(retries)}, and must be from 0 (no retry) to 100.",
        "maxRetries");

    public static InvalidJobException TimeoutOutOfRange(TimeSpan timeout) => new(
        "JQ1009",
        $"The timeout {timeout} is not allowed: it must be at least 1 ms and at most 24 hours.",
        "timeout");

    public static InvalidJobException PriorityUndefined(JobPriority priority) => new(
        "JQ1010",
        $"The priority {Number((int)priority)} does not exist. Use one of JobPriority.Critical, High, Normal and Low.",
        "priority");

    public static InvalidJobException DuplicateIdInBatch(JobId id) => new(
        "JQ1011",
        $"The id {id} stands twice in this batch, and nothing of it was enqueued. Give each job an id of its own, or leave Id unset.",
        "jobs");

    public static InvalidJobException IdOnUnknownShard(JobId id, int shards) => new(
        "JQ1012",
        $"The id {id} can't be used for a new job: its last byte names the shard that holds the job, and JobQueueOptions.Shards is {Number(shards)}. Make the id with JobId.FromGuid or JobId.FromKey.",
        "id");

    public static InvalidJobException InvalidPartitionKey(string key) => new(
        "JQ1017",
        $"The partition key '{Names.Shorten(key)}' of {Number(key.Length)} characters is not allowed: it must have 1 to 200.",
        "partition_key");

    public static InvalidJobException WaitOutOfRange(TimeSpan timeout) => new(
        "JQ1013",
        $"The time to wait {timeout} is not allowed: it must be above zero and at most 24 hours.",
        "timeout");

    public static InvalidJobException PageSizeOutOfRange(int limit) => new(
        "JQ1014",
        $"The page size {Number(limit)} is not allowed: it must be from 1 to 500. Ask for the next page with the cursor of the last one.",
        "limit");

    public static InvalidJobException InvalidCursor(string cursor) => new(
        "JQ1015",
        $"The cursor '{Names.Shorten(cursor)}' was not made by this list. Pass the NextCursor of the page before, or null for the first page.",
        "cursor");

    public static InvalidJobException IdEmpty() => new(
        "JQ1016",
        "The id is default(JobId), which names no job. Pass the id that EnqueueAsync returned.",
        "id");

    public static InvalidJobException ExpiresAfterOutOfRange(TimeSpan expires) => new(
        "JQ1030",
        $"ExpiresAfter is {expires}, and must be at least 1 ms and at most 365 days. For a job that may start at any time leave it unset.",
        "expiresAfter");

    public static InvalidJobException DeadlineOutOfRange(DateTimeOffset deadline, DateTimeOffset due) => new(
        "JQ1031",
        $"The deadline {deadline:O} is not allowed: the job is due at {due:O}, and its deadline must be later than that and before the year 10000.",
        "deadline");

    public static InvalidJobException UserIdTooLong(int length) => new(
        "JQ1032",
        $"The user id has {Number(length)} characters, and at most 200 are allowed. Pass the id and not the user's data.",
        "userId");

    public static InvalidJobException TooManyTags(int count) => new(
        "JQ1033",
        $"The job has {Number(count)} tags, and at most 16 are allowed. Put what only the handler needs into the arguments.",
        "tags");

    public static InvalidJobException InvalidTag(string? tag) => new(
        "JQ1034",
        $"The tag '{Names.Shorten(tag)}' is not allowed: a tag has 1 to 64 characters and is not blank.",
        "tags");

    public static InvalidJobException SnoozeOutOfRange(TimeSpan delay) => new(
        "JQ1035",
        $"The snooze of {delay} is not allowed: it must be above zero and at most 365 days. To give the job up use Discard.",
        "delay");

    public static InvalidJobException RetryDelayOutOfRange(TimeSpan delay) => new(
        "JQ1036",
        $"The delay {delay} before the next attempt is not allowed: it must be from zero to 7 days.",
        "delay");

    public static InvalidJobException InvalidFingerprint(string fingerprint) => new(
        "JQ1020",
        $"The fingerprint '{Names.Shorten(fingerprint)}' does not name a group of dead letters: a fingerprint is 16 lower-case hex digits. Take it from GetGroupsAsync or from Job.Fingerprint.",
        "fingerprint");

    public static InvalidJobException HistoryOutOfRange(TimeSpan period) => new(
        "JQ1023",
        $"A history of {period} is not kept: the period must be from 1 minute to 48 h.",
        "period");

    public static InvalidJobException StatisticsOutOfRange(TimeSpan period) => new(
        "JQ1024",
        $"Statistics of handlers are not kept for {period}: the period must be from 1 h to 48 h.",
        "period");

    public static InvalidJobException UnknownState(JobState state) => new(
        "JQ1025",
        $"There is no state {(int)state}: list one of {string.Join(", ", Enum.GetNames<JobState>())}, or null for the jobs that were enqueued last.",
        "state");

    // JQ11xx: the job's state, or the host's, does not allow it.
    public static DuplicateJobException DuplicateJobs(IReadOnlyList<JobId> ids, int total) => new(
        "JQ1101",
        total == 1
            ? $"Job {ids[0]} was not enqueued, because a job with this id exists. If this call repeats an earlier one, that one succeeded."
            : $"{Number(ids.Count)} of {Number(total)} jobs were not enqueued, because jobs with their ids exist (first: {ids[0]}). The others were enqueued.",
        ids);

    public static JobStateException NotFound(JobId id) => new(
        "JQ1102",
        $"There is no job {id}. It never existed, or it finished and its retention is over.",
        id,
        state: null);

    public static JobStateException NotDead(JobId id, JobState state) => new(
        "JQ1103",
        $"Job {id} is {state}, and only dead jobs can be requeued or deleted here.",
        id,
        state);

    public static JobFailedException JobDied(Job job) => new(
        "JQ1104",
        $"Job {job.Id} ('{job.Name}') is dead after {Number(job.Attempts.Count)} attempts: {job.Error}",
        job);

    public static JobFailedException JobCancelled(Job job) => new(
        "JQ1105",
        $"Job {job.Id} ('{job.Name}') was cancelled before it gave a result.",
        job);

    public static JobQueueException ResultUnreadable(JobId id, Type type, Exception cause) => new(
        "JQ1106",
        $"The result of job {id} can't be read as {type}: {FirstLine(cause)} Ask for the type that the handler returns.",
        cause);

    public static JobQueueException ResultNotKept(JobId id, int bytes) => new(
        "JQ1122",
        $"Job {id} has completed, but its result of {Number(bytes)} bytes was not kept, because JobQueueOptions.MaxResultBytes is smaller where it ran. Store large results elsewhere and return a reference, or raise MaxResultBytes (at most 1,048,576).");

    public static JobQueueException Stopped() => new(
        "JQ1107",
        "The host has stopped, so the job queue takes no more calls. Enqueue before the host stops, or from a process that runs.");

    public static JobStateException Contended(JobId id, JobState state) => new(
        "JQ1108",
        $"Job {id} was changed by others each time it was to be written, so nothing was done. Call again.",
        id,
        state);

    public static JobStateException UnreadableNotRequeued(JobId id) => new(
        "JQ1110",
        $"Job {id} can't be requeued, because its record could not be read. Look at its bytes (Raw in redis-cli GET), enqueue the work again, and delete this one.",
        id,
        JobState.Dead);

    public static JobStateException JobFinished(JobId id, JobState state, string attempted) => new(
        "JQ1111",
        $"Job {id} can't be {attempted}, because it is {state}: a finished job does not change any more. To do its work again, enqueue a copy with IJobQueue.CopyAsync, or requeue a dead one with IDeadLetterQueue.RetryAsync.",
        id,
        state);

    public static JobStateException RunningNotDeleted(JobId id) => new(
        "JQ1112",
        $"Job {id} is Running, and a running job can't be deleted. Cancel it first with IJobQueue.CancelAsync, and delete it when it has stopped.",
        id,
        JobState.Running);

    public static JobStateException NotFinished(JobId id, JobState state) => new(
        "JQ1113",
        $"Job {id} is {state}, and only finished jobs can be copied: this one still does its work. Wait until it has finished, or enqueue another job.",
        id,
        state);

    public static JobStateException ArgsNotKept(JobId id, JobState state, int bytes) => new(
        "JQ1114",
        $"Job {id} can't be copied, because its arguments ({Number(bytes)} bytes) are no longer kept: large arguments are dropped when a job has completed. Enqueue the work again with its arguments.",
        id,
        state);

    public static JobStateException RecordUnreadable(JobId id, JobState state, string attempted) => new(
        "JQ1115",
        $"Job {id} can't be {attempted}, because its record could not be read. Look at its bytes (redis-cli GET), enqueue the work again, and delete this one.",
        id,
        state);

    public static TimeoutException WaitTimedOut(JobId id, TimeSpan timeout, Exception cause) => new(
        $"JQ1109: Job {id} did not finish within {timeout}. It goes on; wait again, or look at it with GetAsync.",
        cause);

    // JQ20xx: Redis.
    public static JobQueueUnavailableException CannotConnect(string endpoints, Exception cause, string log = "") => new(
        "JQ2001",
        $"Redis can't be reached at {endpoints} ({FailureOf(cause, log)}). Check JobQueueOptions.ConnectionString (host, port, password, ssl) and that the server runs.",
        cause,
        [],
        mayHaveBeenEnqueued: false);

    public static JobQueueUnavailableException EnqueueFailed(Exception cause, IReadOnlyList<JobId> ids, bool mayHaveBeenEnqueued) => new(
        "JQ2002",
        $"{Number(ids.Count)} job(s) could not be enqueued (first: {ids[0]}), because Redis did not answer: {FirstLine(cause)} "
        + (mayHaveBeenEnqueued
            ? "They may have been stored all the same: enqueue them again under the same ids (EnqueueOptions.Id), which is safe."
            : "Nothing was stored: enqueue them again."),
        cause,
        ids,
        mayHaveBeenEnqueued);

    public static JobQueueUnavailableException BulkEnqueueFailed(
        JobQueueUnavailableException cause, IReadOnlyList<JobId> notStored, int stored, int uncertain) => new(
        "JQ2010",
        $"{Number(stored)} jobs were stored, then Redis failed; {Number(notStored.Count)} are not stored"
        + (uncertain > 0 ? $", or may be (the first {Number(uncertain)} of them)" : "")
        + $". Enqueue those in JobIds again under the same ids. {FirstLine(cause)}",
        cause,
        notStored,
        mayHaveBeenEnqueued: uncertain > 0);

    public static JobQueueUnavailableException Unavailable(string operation, Exception cause) => new(
        "JQ2003",
        $"Redis did not answer the call '{operation}': {FirstLine(cause)} The call may be repeated.",
        cause,
        [],
        mayHaveBeenEnqueued: false);

    public static JobQueueUnavailableException RedisFull(string operation, Exception cause, IReadOnlyList<JobId> ids) => new(
        "JQ2004",
        $"Redis has reached its maxmemory and refuses the call '{operation}'{(ids.Count == 0 ? "" : $" of {Number(ids.Count)} job(s) (first: {ids[0]})")}, because more jobs would wait; nothing was stored. Waiting jobs go on and free memory. Raise maxmemory, or repeat the call later.",
        cause,
        ids,
        mayHaveBeenEnqueued: false);

    public static JobQueueException ScriptFailed(string operation, Exception cause) => new(
        "JQ2005",
        $"Redis refused the call '{operation}': {FirstLine(cause)} Check that the user may run scripts (EVALSHA, SCRIPT LOAD) on the keys of this prefix, and that nothing else writes them.",
        cause);

    public static JobQueueException ServerTooOld(string found) => new(
        "JQ2006",
        $"The server is Redis {found}, and 7.0 or later is needed. Upgrade it, or use Valkey or Garnet.");

    public static JobQueueException ScriptsNotSupported(Exception cause) => new(
        "JQ2007",
        $"The server does not run Lua scripts: {FirstLine(cause)} Allow the user EVAL, EVALSHA and SCRIPT; start Garnet with --lua --lua-transaction-mode.",
        cause);

    public static JobQueueException SchemaTooNew(string found, int known) => new(
        "JQ2008",
        $"The data in Redis has schema version {Names.Shorten(found)}, and this process knows {Number(known)}. Upgrade JobQueue in this process, or choose another KeyPrefix.");

    public static JobQueueException EvictionEnabled(string policy) => new(
        "JQ2009",
        $"The server's maxmemory-policy is {policy}, so it may delete jobs when memory is short. Set it to noeviction (CONFIG SET maxmemory-policy noeviction, and in its configuration file).");

    public static JobQueueException MetaOfWrongType(string key, Exception cause) => new(
        "JQ2012",
        $"The key '{key}' is not a hash, so the schema of the data and the number of shards can't be read; something else has written it. A process that has been running can set it aside (IJobMonitor.RepairAsync); without one, rename it (RENAME {key} damaged:{key}) and start with as many JobQueueOptions.Shards as before. Find out what writes there.",
        cause);

    // JQ30xx: handlers and the host.
    public static JobQueueException ShutdownTimeoutTooLong(TimeSpan shutdown, TimeSpan host) => new(
        "JQ3004",
        $"JobQueueOptions.ShutdownTimeout is {shutdown}, and the host gives up after HostOptions.ShutdownTimeout, {host}. Make it shorter, or the host's longer, so that unfinished jobs can be handed back.");

    public static JobQueueException HandlerRegisteredTwice(string name) => new(
        "JQ3001",
        $"The handler '{name}' is registered twice. A name belongs to one handler: remove one, or rename it.");

    public static InvalidJobException HandlerResultWouldBeLost(string name) => new(
        "JQ3002",
        $"The handler '{name}' returns a value that would be lost, because it is registered as one without a result. Register it with AddJobHandler<TArgs, TResult>.",
        "handler");

    public static InvalidJobException InvalidHandlerSetting(string name, string setting) => new(
        "JQ3003",
        $"The handler '{name}' has a setting that is not allowed: {setting}",
        "configure");

    public static JobQueueException ArgsUnreadable(string handler, Type type, Exception cause) => new NonRetryableJobException(
        "JQ1040",
        $"The arguments of job '{handler}' can't be read as {type}: {FirstLine(cause)} The job is not retried. After a change of the handler's arguments, keep what jobs that wait still lack optional; then retry the job with the new version.",
        cause);

    public static JobQueueException LimitedQueueShared(string handler, string queue, string other) => new(
        "JQ1041",
        $"The handler '{handler}' has a ConcurrencyLimit, and handler '{other}' uses its queue '{queue}' too, so that the jobs of one would wait for the other's. Give '{handler}' a queue of its own.");

    public static JobQueueException LimitSetTwice(string queue) => new(
        "JQ1042",
        $"The queue '{queue}' has a limit in JobQueueOptions.QueueConcurrency and one by the ConcurrencyLimit of its handler. Set one of them.");

    public static InvalidJobException LimitedElsewhere(string handler, string queue, string own) => new(
        "JQ1043",
        $"A job of '{handler}' can't wait in queue '{Names.Shorten(queue)}': the handler has a ConcurrencyLimit, which belongs to its queue '{own}'. Leave Queue unset.",
        "queue");

    public static InvalidJobException TooManyHeaders(int count) => new(
        "JQ1060",
        $"The job has {Number(count)} headers, and at most 16 are allowed. Put what only the handler needs into the arguments.",
        "headers");

    public static InvalidJobException InvalidHeaderName(string name) => new(
        "JQ1061",
        $"The header name '{Names.Shorten(name)}' is not allowed: a name has 1 to 64 characters, none of them a control character.",
        "headers");

    public static InvalidJobException InvalidHeaderValue(string name, int? length) => new(
        "JQ1062",
        $"The value of header '{Names.Shorten(name)}' {(length is { } characters ? $"has {Number(characters)} characters" : "is null")}, and must have at most 1,024. Leave the header out, or store the data elsewhere and pass a reference to it.",
        "headers");

    public static JobQueueException EnqueueLeftOut(string handler) => new(
        "JQ1063",
        $"The job of '{handler}' was not enqueued: an IEnqueueMiddleware has left it out, so there is no id to return. Where that may happen, enqueue with EnqueueManyAsync, which answers as many ids as there are jobs.");

    public static JobQueueException EnqueueMiddlewareAnsweredNull(Type middleware) => new(
        "JQ1064",
        $"{middleware} has answered null in place of ids. Let it return what next returns, or an empty list when nothing is enqueued.");

    public static JobQueueException NoResiliencePipelines(string handler, string pipeline) => new(
        "JQ1065",
        $"The handler '{handler}' names the Polly pipeline '{Names.Shorten(pipeline)}', and the host has no ResiliencePipelineProvider<string>. {RegisterPipeline}");

    public static JobQueueException UnknownResiliencePipeline(string handler, string pipeline) => new(
        "JQ1066",
        $"The handler '{handler}' names the Polly pipeline '{Names.Shorten(pipeline)}', which the host's ResiliencePipelineProvider<string> does not know. {RegisterPipeline}");

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The client hides a refused password in the text, or the log, of a connection that could not be made.</summary>
    private static string FailureOf(Exception cause, string log)
        => string.Concat(cause.Message, log).Contains(nameof(ConnectionFailureType.AuthenticationFailure), StringComparison.Ordinal)
            ? nameof(ConnectionFailureType.AuthenticationFailure)
            : (cause as RedisConnectionException)?.FailureType.ToString() ?? cause.GetType().Name;

    private static string FirstLine(Exception cause)
    {
        var text = cause.Message.AsSpan();
        var end = text.IndexOfAny('\r', '\n');
        var line = (end < 0 ? text : text[..end]).Trim().ToString();
        return line.EndsWith('.') ? line : line + ".";
    }
}
