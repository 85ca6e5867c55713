using System.Collections.ObjectModel;
using JobQueue.Redis;

namespace JobQueue;

/// <summary>Reads jobs and derives their state from where their ids are. Safe to use from any thread.</summary>
internal sealed class JobReader(RedisCalls calls)
{
    public async Task<Job?> ReadAsync(JobId id, CancellationToken cancellationToken)
        => (await ReadPlaceAsync(id, cancellationToken).ConfigureAwait(false)).Place is { } place ? ToJob(id, place) : null;

    /// <summary>Reads a job's bytes and place, with the server's time in ms.</summary>
    public async Task<(long Now, JobPlace? Place)> ReadPlaceAsync(JobId id, CancellationToken cancellationToken)
        => await calls.HasShardOfAsync(id, cancellationToken).ConfigureAwait(false)
            ? await calls.Of(id).RunAsync("read", static (shard, id, token) => ReadScript.RunAsync(shard, id, token), id, cancellationToken).ConfigureAwait(false)
            : default;

    /// <summary>A record and its place as a job. A record that can't be read gives a job that says so.</summary>
    internal static Job ToJob(JobId id, JobPlace place)
    {
        var lease = place.Token is { } token ? LeaseToken.TryParse(token) : null;
        if (JobRecordReader.TryRead(id, place.Record, out var problem) is not { } record)
        {
            return Unreadable(id, place, problem!, lease?.WorkerId);
        }

        var attempts = record.Attempts ?? [];
        return new Job
        {
            Id = id,
            Name = record.Name,
            Queue = record.Queue,
            Priority = record.Priority,
            State = FindState(place, record.Status),
            Args = record.ArgsDropped is null ? record.Args : ReadOnlyMemory<byte>.Empty,
            ArgsDropped = record.ArgsDropped,
            ResultDropped = record.ResultDropped,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(record.CreatedAt),
            ScheduledAt = ToTime(place.ScheduledAt ?? record.ScheduledAt),
            StartedAt = ToTime(lease?.StartedMs) ?? (attempts.Length == 0 ? null : attempts[^1].StartedAt),
            FinishedAt = ToTime(record.FinishedAt),
            NextRetryAt = ToTime(place.RetryAt),
            RetryCount = record.RetryCount,
            MaxRetries = record.MaxRetries,
            Timeout = record.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Round = record.Round,
            ExpiresAfter = record.ExpiresAfterMs is { } expires ? TimeSpan.FromMilliseconds(expires) : null,
            Deadline = ToTime(record.Deadline),
            UserId = record.UserId,
            Tags = record.Tags ?? [],
            Headers = record.Headers ?? ReadOnlyDictionary<string, string>.Empty,
            TraceParent = record.TraceParent,
            RecurringJob = record.Recurring,
            Occurrence = ToTime(record.Occurrence),
            RequestHash = record.RequestHash,
            CopiedFrom = record.CopiedFrom,
            Snoozes = record.Snoozes,
            Fingerprint = record.Fingerprint,
            WorkerId = lease?.WorkerId,
            Progress = lease is { } held ? ProgressSince(held.StartedMs, place) : null,
            Result = record.Result,
            Reason = record.Reason,
            Attempts = attempts,
        };
    }

    /// <summary>The rule of docs/redis-data-model.md: the lease first, then the record's own end, then the sets.</summary>
    internal static JobState FindState(JobPlace place, TerminalStatus? status) => place switch
    {
        { Token: not null } => JobState.Running,
        _ when status is TerminalStatus.Completed => JobState.Completed,
        _ when status is TerminalStatus.Failed => JobState.Dead,
        _ when status is TerminalStatus.Cancelled => JobState.Cancelled,
        { ScheduledAt: not null } => JobState.Scheduled,
        { RetryAt: not null } => JobState.Retrying,
        { DiedAt: not null } => JobState.Dead,
        _ => JobState.Pending,
    };

    /// <summary>What an earlier attempt has said, whose worker was lost, says nothing about this one.</summary>
    private static JobProgress? ProgressSince(long startedMs, JobPlace place)
        => JobProgressJson.Read(place.Progress) is { } progress && progress.At.ToUnixTimeMilliseconds() >= startedMs ? progress : null;

    private static Job Unreadable(JobId id, JobPlace place, string problem, string? workerId) => new()
    {
        Id = id,
        Name = "(unreadable)",
        Queue = JobRecord.DefaultQueue,
        Priority = JobPriority.Normal,
        State = FindState(place, status: null),
        Args = ReadOnlyMemory<byte>.Empty,
        CreatedAt = DateTimeOffset.UnixEpoch,
        WorkerId = workerId,
        Reason = problem,
        Attempts = [],
    };

    private static DateTimeOffset? ToTime(long? ms) => ms is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
