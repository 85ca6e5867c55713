using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Options;

namespace JobQueue.Enqueueing;

/// <summary>The <see cref="IJobQueue"/> of a host.</summary>
internal sealed class JobQueueClient(
    JobPreparer preparer, Enqueuer enqueuer, JobReader reader, JobControl control, ResultWaiter waiter, IOptions<JobQueueOptions> options) : IJobQueue
{
    private static readonly TimeSpan WaitCeiling = TimeSpan.FromHours(24);

    public async Task<JobId> EnqueueAsync<TArgs>(
        string name, TArgs args, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = new EnqueueOptions();
        configure?.Invoke(job);
        var (id, item) = preparer.Prepare(name, typeof(TArgs) == typeof(object) ? args?.GetType() ?? typeof(object) : typeof(TArgs), args, job);
        return await SendOneAsync(id, item, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<JobId>> EnqueueManyAsync(IEnumerable<JobRequest> jobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var (ids, items) = PrepareAll(jobs, cancellationToken);
        var duplicates = new List<JobId>();
        for (var first = 0; first < items.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = EndOfPage(items, first);
            await SendPageAsync(ids, items, first, end, duplicates, cancellationToken).ConfigureAwait(false);
            first = end;
        }

        return duplicates.Count == 0 ? ids : throw Errors.DuplicateJobs(duplicates, ids.Length);
    }

    public Task<Job?> GetAsync(JobId id, CancellationToken cancellationToken = default) => reader.ReadAsync(id, cancellationToken);

    public Task<JobState> CancelAsync(JobId id, CancellationToken cancellationToken = default) => control.CancelAsync(Named(id), cancellationToken);

    public Task DeleteAsync(JobId id, CancellationToken cancellationToken = default) => control.DeleteAsync(
        Named(id), static (id, state) => state == JobState.Running ? Errors.RunningNotDeleted(id) : null, cancellationToken);

    public Task RunNowAsync(JobId id, CancellationToken cancellationToken = default) => control.RunNowAsync(Named(id), cancellationToken);

    public async Task<JobId> CopyAsync(JobId id, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var source = await control.ReadFinishedAsync(Named(id), cancellationToken).ConfigureAwait(false);
        var (copy, item) = preparer.PrepareCopy(source, configure);
        return await SendOneAsync(copy, item, cancellationToken).ConfigureAwait(false);
    }

    public async Task<TResult?> WaitForResultAsync<TResult>(JobId id, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (timeout <= TimeSpan.Zero || timeout > WaitCeiling)
        {
            throw Errors.WaitOutOfRange(timeout);
        }

        var job = await waiter.WaitAsync(id, timeout, cancellationToken).ConfigureAwait(false);
        return job.State switch
        {
            JobState.Dead => throw Errors.JobDied(job),
            JobState.Cancelled => throw Errors.JobCancelled(job),
            _ => ReadResult<TResult>(job),
        };
    }

    private static JobId Named(JobId id) => id.IsEmpty ? throw Errors.IdEmpty() : id;

    private TResult? ReadResult<TResult>(Job job)
    {
        if (job.ResultDropped is { } bytes)
        {
            throw Errors.ResultNotKept(job.Id, bytes);
        }

        if (job.Result is not { } result)
        {
            return default;
        }

        try
        {
            var type = options.Value.SerializerOptions.GetTypeInfo(typeof(TResult));
            return (TResult?)JsonSerializer.Deserialize(result.Span, type);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Errors.ResultUnreadable(job.Id, typeof(TResult), e);
        }
    }

    private (JobId[] Ids, EnqueueItem[] Items) PrepareAll(IEnumerable<JobRequest> jobs, CancellationToken cancellationToken)
    {
        var ids = new List<JobId>();
        var items = new List<EnqueueItem>();
        var chosen = new HashSet<JobId>();
        foreach (var request in jobs)
        {
            ArgumentNullException.ThrowIfNull(request, nameof(jobs));
            cancellationToken.ThrowIfCancellationRequested();
            var (id, item) = preparer.Prepare(request.Name, request.Args?.GetType() ?? typeof(object), request.Args, request.Options);
            if (request.Options.Id is not null && !chosen.Add(id))
            {
                throw Errors.DuplicateIdInBatch(id);
            }

            ids.Add(id);
            items.Add(item);
        }

        return ([.. ids], [.. items]);
    }

    private async Task SendPageAsync(
        JobId[] ids, EnqueueItem[] items, int first, int end, List<JobId> duplicates, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var position in await SendAsync(items[first..end], ids[first..end], cancellationToken).ConfigureAwait(false))
            {
                duplicates.Add(ids[first + position]);
            }
        }
        catch (JobQueueUnavailableException e) when (end < ids.Length || first > 0)
        {
            throw Errors.BulkEnqueueFailed(e, ids[first..], stored: first, uncertain: e.MayHaveBeenEnqueued ? end - first : 0);
        }
    }

    private async Task<JobId> SendOneAsync(JobId id, EnqueueItem item, CancellationToken cancellationToken)
    {
        var duplicates = await SendAsync([item], [id], cancellationToken).ConfigureAwait(false);
        return duplicates.Length == 0 ? id : throw Errors.DuplicateJobs([id], total: 1);
    }

    private Task<int[]> SendAsync(EnqueueItem[] items, JobId[] ids, CancellationToken cancellationToken)
    {
        var unit = new EnqueueUnit(items, ids) { CancellationToken = cancellationToken };
        enqueuer.Add(unit);
        return unit.Answer.WaitAsync(cancellationToken);
    }

    private static int EndOfPage(EnqueueItem[] items, int first)
    {
        long bytes = items[first].Record.Length;
        var end = first + 1;
        while (end < items.Length && end - first < Enqueuer.MaxJobs && bytes + items[end].Record.Length <= Enqueuer.MaxBytes)
        {
            bytes += items[end++].Record.Length;
        }

        return end;
    }
}
