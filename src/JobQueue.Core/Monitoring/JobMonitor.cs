using JobQueue.Diagnostics;
using JobQueue.Monitoring.Repairs;
using JobQueue.Monitoring.Verification;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>The <see cref="IJobMonitor"/> of a host: each kind of question has a class of its own beside this one.</summary>
internal sealed class JobMonitor(RedisCalls calls, JobReader reader, TimeProvider time) : IJobMonitor, IDisposable
{
    private readonly QueueOverview _queues = new(calls, reader);
    private readonly WorkerOverview _workers = new(calls);
    private readonly History _history = new(calls);
    private readonly HandlerOverview _handlers = new(calls);
    private readonly JobLister _lister = new(calls);
    private readonly JobLog _log = new(calls);
    private readonly EventHub _events = new(calls, time);

    public async Task<JobCounts> GetCountsAsync(CancellationToken cancellationToken = default)
    {
        var replies = await calls.RunOnAllAsync(
            "counts",
            static (shard, _, token) => CountsScript.RunAsync(shard, token),
            state: 0,
            cancellationToken).ConfigureAwait(false);
        return ToCounts(replies);
    }

    public Task<IReadOnlyList<QueueInfo>> GetQueuesAsync(CancellationToken cancellationToken = default) => _queues.ReadAsync(cancellationToken);

    public Task<IReadOnlyList<WorkerInfo>> GetWorkersAsync(CancellationToken cancellationToken = default) => _workers.ReadAsync(cancellationToken);

    public Task<IReadOnlyList<HistoryPoint>> GetHistoryAsync(TimeSpan period, CancellationToken cancellationToken = default)
        => _history.ReadAsync(period, cancellationToken);

    public Task<IReadOnlyList<HandlerInfo>> GetHandlersAsync(CancellationToken cancellationToken = default) => _handlers.ListAsync(cancellationToken);

    public Task<IReadOnlyList<HandlerStatistics>> GetHandlerStatisticsAsync(TimeSpan period, CancellationToken cancellationToken = default)
        => _handlers.ReadAsync(period, cancellationToken);

    public Task<JobPage> ListAsync(JobState? state, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default)
        => _lister.ListAsync(state, limit, cursor, cancellationToken);

    public Task<IReadOnlyList<JobLogLine>> GetLogAsync(JobId id, CancellationToken cancellationToken = default) => _log.ReadAsync(id, cancellationToken);

    public Task<bool> PauseAsync(string queue, CancellationToken cancellationToken = default)
        => ChangeAsync("pause", static (shard, queue, token) => PauseScript.RunAsync(shard, queue, token), Checked(queue), cancellationToken);

    public Task<bool> ResumeAsync(string queue, CancellationToken cancellationToken = default)
        => ChangeAsync("resume", static (shard, queue, token) => ResumeScript.RunAsync(shard, queue, token), Checked(queue), cancellationToken);

    public Task<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) => new QueuePurger(calls, time).PurgeAsync(Checked(queue), cancellationToken);

    public IAsyncEnumerable<JobEvent> WatchAsync(CancellationToken cancellationToken = default) => _events.WatchAsync(cancellationToken);

    public Task<VerificationReport> VerifyAsync(CancellationToken cancellationToken = default) => Verifier.RunOnAllAsync(calls, cancellationToken);

    public Task<RepairReport> RepairAsync(bool dryRun, CancellationToken cancellationToken = default) => Repairer.RunOnAllAsync(calls, dryRun, cancellationToken);

    public void Dispose() => _events.Dispose();

    private async Task<bool> ChangeAsync(
        string operation, Func<RedisShard, string, CancellationToken, Task<bool>> change, string queue, CancellationToken cancellationToken)
    {
        await calls.RefreshShardsAsync(cancellationToken).ConfigureAwait(false); // A shard that is missed would go on as before.
        return Array.Exists(await calls.RunOnAllAsync(operation, change, queue, cancellationToken).ConfigureAwait(false), static changed => changed);
    }

    private static string Checked(string queue) => Names.IsValid(queue) ? queue : throw Errors.InvalidQueueName(queue);

    private static JobCounts ToCounts(CountsReply[] shards)
    {
        return new JobCounts
        {
            Pending = shards.Sum(static shard => shard.Pending),
            Scheduled = shards.Sum(static shard => shard.Scheduled),
            Running = shards.Sum(static shard => shard.Running),
            Retrying = shards.Sum(static shard => shard.Retrying),
            Dead = shards.Sum(static shard => shard.Dead),
            Completed = shards.Sum(static shard => shard.Completed),
            Cancelled = shards.Sum(static shard => shard.Cancelled),
            LiveWorkers = shards.Max(static shard => shard.LiveWorkers), // A worker joins each shard.
            TotalEnqueued = Total("enqueued"),
            TotalCompleted = Total("completed"),
            TotalFailed = Total("failed"),
            TotalRetried = Total("retried"),
            TotalDead = Total("dead"),
            TotalCancelled = Total("cancelled"),
            TotalSnoozed = Total("snoozed"),
            TotalRecovered = Total("recovered"),
            TotalRequeued = Total("requeued"),
            TotalDeleted = Total("deleted"),
            TotalPurged = Total("purged"),
            TotalExpired = Total("expired"),
        };

        long Total(string name) => shards.Sum(shard => shard.Totals.GetValueOrDefault(name));
    }
}
