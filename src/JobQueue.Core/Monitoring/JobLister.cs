using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Lists jobs of a state, or the newest, page by page.</summary>
internal sealed class JobLister(RedisCalls calls)
{
    private const int MaxPage = 500;

    public async Task<JobPage> ListAsync(JobState? state, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxPage)
        {
            throw Errors.PageSizeOutOfRange(limit);
        }

        var cursors = state is { } known ? JobCursor.Of(known) : JobCursor.Recent;
        var pages = new MergedPages(calls, OrderOf(state), (shard, count, from) => ReadAsync(shard, state, count, cursors, from, cancellationToken));
        return await pages.ReadAsync(limit, cursor, cancellationToken).ConfigureAwait(false);
    }

    private static Comparison<Job> OrderOf(JobState? state) => state switch
    {
        null => static (left, right) => MergedPages.Latest(left.CreatedAt, right.CreatedAt),
        JobState.Pending => static (left, right) => left.Priority.CompareTo(right.Priority),
        JobState.Running => static (left, right) => left.Id.CompareTo(right.Id),
        JobState.Scheduled => static (left, right) => Nullable.Compare(left.ScheduledAt, right.ScheduledAt),
        JobState.Retrying => static (left, right) => Nullable.Compare(left.NextRetryAt, right.NextRetryAt),
        _ => static (left, right) => MergedPages.Latest(left.FinishedAt, right.FinishedAt),
    };

    private static async Task<JobPage> ReadAsync(
        RedisCalls shard, JobState? state, int limit, JobCursor cursors, string? cursor, CancellationToken cancellationToken)
    {
        var reply = await shard.RunAsync(
            "list jobs",
            static (shard, page, token) => SendAsync(shard, page.state, page.limit, page.next, token),
            (state, limit, next: cursors.Parse(cursor)),
            cancellationToken).ConfigureAwait(false);
        var jobs = new List<Job>(reply.Ids.Length);
        for (var i = 0; i < reply.Ids.Length; i++)
        {
            if (JobId.TryParse(reply.Ids[i], out var id) && ToJob(id, reply.Places[i], state) is { } job)
            {
                jobs.Add(job);
            }
        }

        return new JobPage(jobs, cursors.Format(reply.Next));
    }

    private static Task<ListReply> SendAsync(RedisShard shard, JobState? state, int limit, string[]? next, CancellationToken cancellationToken)
        => state switch
        {
            null => ListScripts.RecentAsync(shard, limit, next, cancellationToken),
            JobState.Pending => ListScripts.WaitingAsync(shard, limit, next, cancellationToken),
            JobState.Running => ListScripts.RunningAsync(shard, limit, next, cancellationToken),
            JobState.Completed or JobState.Cancelled => ListScripts.FinishedAsync(shard, limit, state.Value, next, cancellationToken),
            _ => ListScripts.TimedAsync(shard, limit, state.Value, next, cancellationToken),
        };

    /// <summary>
    /// A job of the list. An id can stand in two places after a script that stopped half way; its record then says which counts. A
    /// record that can't be read says nothing, and the job is shown where it is.
    /// </summary>
    private static Job? ToJob(JobId id, JobPlace place, JobState? state)
    {
        var job = JobReader.ToJob(id, place);
        if (state is not { } listed || job.State == listed)
        {
            return job;
        }

        return JobRecordReader.TryRead(id, place.Record, out _) is null ? job with { State = listed } : null;
    }
}
