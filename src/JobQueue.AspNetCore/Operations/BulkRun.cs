using System.Collections.Concurrent;
using JobQueue.AspNetCore.Http;

namespace JobQueue.AspNetCore.Operations;

/// <summary>What can be done to many jobs at once.</summary>
internal enum BulkAction
{
    /// <summary>Do their work again, as <see cref="RetryJobView"/> does for one.</summary>
    Retry,

    /// <summary>Remove them.</summary>
    Delete,

    /// <summary>Cancel them, or ask them to stop.</summary>
    Cancel,

    /// <summary>Let them wait for a worker now.</summary>
    RunNow,
}

/// <summary>One call of a bulk action: reads a bounded number of records and does the action to those that fit, many side by side so that they share round trips.</summary>
internal sealed class BulkRun(ApiServices api, BulkAction action, bool dryRun)
{
    private const int MaxRead = 5_000;
    private const int PageSize = 500;
    private const int SideBySide = 64;
    private const int ErrorsShown = 20;

    private readonly ConcurrentQueue<BulkErrorShape> _errors = new();
    private int _matched;
    private int _done;
    private int _failed;

    public static IEnumerable<JobState> StatesOf(BulkAction action) => action switch
    {
        BulkAction.Retry => [JobState.Dead, JobState.Retrying, JobState.Scheduled, JobState.Completed, JobState.Cancelled],
        BulkAction.Delete => [JobState.Pending, JobState.Scheduled, JobState.Retrying, JobState.Completed, JobState.Dead, JobState.Cancelled],
        BulkAction.Cancel => [JobState.Pending, JobState.Scheduled, JobState.Retrying, JobState.Running],
        _ => [JobState.Scheduled, JobState.Retrying],
    };

    public static bool Takes(BulkAction action, JobState state) => StatesOf(action).Contains(state);

    /// <summary>Does it to the jobs that are named.</summary>
    public async Task<BulkShape> RunAsync(IReadOnlyList<JobId> ids, CancellationToken cancellationToken)
    {
        _matched = ids.Count;
        await ForEachAsync(ids, async (id, token) => await DoAsync(id, job: null, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return Answer(cursor: null);
    }

    /// <summary>Does it to the jobs of a list that fit, from where the cursor stands.</summary>
    public async Task<BulkShape> RunAsync(JobFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        var isWholeList = !dryRun && filter is { State: JobState.Dead, TakesAll: true } && action is (BulkAction.Retry or BulkAction.Delete);
        var read = 0;
        do
        {
            var (count, next) = isWholeList
                ? await DoBatchAsync(filter.Fingerprint, cursor, cancellationToken).ConfigureAwait(false)
                : await DoPageAsync(filter, cursor, cancellationToken).ConfigureAwait(false);
            (read, cursor) = (read + count, next);
        }
        while (cursor is not null && read + PageSize <= MaxRead);

        return Answer(cursor);
    }

    private BulkShape Answer(string? cursor) => new(_matched, _done, _failed, [.. _errors.Take(ErrorsShown)], cursor);

    /// <summary>The dead jobs, or a group of them: the store does a batch in one call.</summary>
    private async Task<(int Read, string? Next)> DoBatchAsync(string? fingerprint, string? cursor, CancellationToken cancellationToken)
    {
        var batch = await (action == BulkAction.Retry
            ? api.DeadLetters.RetryAllAsync(fingerprint, cursor, cancellationToken)
            : api.DeadLetters.DeleteAllAsync(fingerprint, cursor, cancellationToken)).ConfigureAwait(false);
        _matched += batch.Done + batch.Failed;
        _done += batch.Done;
        _failed += batch.Failed;
        foreach (var id in batch.FailedJobIds)
        {
            _errors.Enqueue(new BulkErrorShape(id.ToString(), "Its record can't be read."));
        }

        return (PageSize, batch.NextCursor);
    }

    private async Task<(int Read, string? Next)> DoPageAsync(JobFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        var (jobs, next) = await ReadPageAsync(filter, cursor, cancellationToken).ConfigureAwait(false);
        var wanted = jobs.Where(filter.Takes).ToList();
        _matched += wanted.Count;
        if (!dryRun)
        {
            await ForEachAsync(wanted, async (job, token) => await DoAsync(job.Id, job, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return (PageSize, next);
    }

    private async Task<(IReadOnlyList<Job> Jobs, string? Next)> ReadPageAsync(JobFilter filter, string? cursor, CancellationToken cancellationToken)
    {
        if (filter.Fingerprint is { } fingerprint)
        {
            var group = await api.DeadLetters.ListGroupAsync(fingerprint, PageSize, cursor, cancellationToken).ConfigureAwait(false);
            return (group.Jobs, group.NextCursor);
        }

        var page = await api.Monitor.ListAsync(filter.State, PageSize, cursor, cancellationToken).ConfigureAwait(false);
        return (page.Jobs, page.NextCursor);
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, CancellationToken, ValueTask> doAsync, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken }, doAsync);

    private async Task DoAsync(JobId id, Job? job, CancellationToken cancellationToken)
    {
        try
        {
            if (!dryRun)
            {
                await DoOneAsync(id, job, cancellationToken).ConfigureAwait(false);
                Interlocked.Increment(ref _done);
            }
        }
        catch (Exception e) when (e is JobStateException or ApiProblemException or InvalidJobException)
        {
            // It has moved on since it was read, or never was where this can be done to it: the others go on.
            Interlocked.Increment(ref _failed);
            _errors.Enqueue(new BulkErrorShape(id.ToString(), e.Message));
        }
    }

    private async Task DoOneAsync(JobId id, Job? job, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case BulkAction.Retry:
                job ??= await JobService.JobView.FindAsync(id.ToString(), api, cancellationToken).ConfigureAwait(false);
                await RetryJobView.RetryAsync(job, api, cancellationToken).ConfigureAwait(false);
                break;
            case BulkAction.Delete:
                await api.Jobs.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
                break;
            case BulkAction.Cancel:
                await api.Jobs.CancelAsync(id, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await api.Jobs.RunNowAsync(id, cancellationToken).ConfigureAwait(false);
                break;
        }
    }
}
