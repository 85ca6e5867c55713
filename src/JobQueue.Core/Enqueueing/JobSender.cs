using System.Diagnostics;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Enqueueing;

/// <summary>Prepares jobs and stores them, in calls that Redis takes at once. Safe to use from any thread.</summary>
internal sealed class JobSender(JobPreparer preparer, Enqueuer enqueuer, JobQueueMetrics metrics)
{
    /// <param name="name">The handler.</param>
    /// <param name="argsType">The type to write the arguments as.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="options">The job's own.</param>
    /// <param name="source">The job to copy; its arguments' bytes are used.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<JobId> SendOneAsync(
        string name, Type argsType, object? args, EnqueueOptions options, JobRecord? source, CancellationToken cancellationToken)
    {
        using var span = JobTracing.IsListenedTo ? JobTracing.StartSend(preparer.FindQueue(name, options), count: null) : null;
        try
        {
            var job = preparer.Prepare(name, argsType, args, options, source);
            Describe(span, job);
            if ((await StoreAsync(job, cancellationToken).ConfigureAwait(false)).Length > 0)
            {
                throw Errors.DuplicateJobs([job.Id], total: 1);
            }

            metrics.Enqueued(job.Queue, job.Name);
            return job.Id;
        }
        catch (Exception e)
        {
            JobTracing.Fail(span, e);
            throw;
        }
    }

    /// <param name="jobs">The jobs.</param>
    /// <param name="isBatch">Whether the caller asked for any number of jobs.</param>
    /// <param name="cancellationToken">Ends the call between two pages, and the wait for the current one.</param>
    public async Task<IReadOnlyList<JobId>> SendManyAsync(IReadOnlyList<JobRequest> jobs, bool isBatch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        using var span = JobTracing.IsListenedTo && jobs.Count > 0 ? JobTracing.StartSend(FindCommonQueue(jobs), isBatch ? jobs.Count : null) : null;
        try
        {
            return await SendPagesAsync(jobs, isBatch ? null : span, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            JobTracing.Fail(span, e);
            throw;
        }
    }

    private async Task<IReadOnlyList<JobId>> SendPagesAsync(IReadOnlyList<JobRequest> jobs, Activity? spanOfOne, CancellationToken cancellationToken)
    {
        var prepared = PrepareAll(jobs, cancellationToken);
        if (spanOfOne is not null)
        {
            Describe(spanOfOne, prepared[0]);
        }

        if (prepared.Length == 0)
        {
            return [];
        }

        var duplicates = await BulkEnqueue.RunAsync(prepared, enqueuer, metrics, cancellationToken).ConfigureAwait(false);
        return duplicates.Count == 0 ? BulkEnqueue.IdsOf(prepared) : throw Errors.DuplicateJobs(duplicates, prepared.Length);
    }

    private EnqueueItem[] PrepareAll(IReadOnlyList<JobRequest> jobs, CancellationToken cancellationToken)
    {
        var prepared = new EnqueueItem[jobs.Count];
        HashSet<JobId>? chosen = null;
        for (var i = 0; i < prepared.Length; i++)
        {
            var request = jobs[i];
            ArgumentNullException.ThrowIfNull(request, nameof(jobs));
            cancellationToken.ThrowIfCancellationRequested();
            var options = request.OptionsToRead;
            var job = preparer.Prepare(request.Name, request.ArgsType, request.Args, options, request.Source);
            if (options.Id is not null && !(chosen ??= []).Add(job.Id))
            {
                throw Errors.DuplicateIdInBatch(job.Id);
            }

            request.StoredAs = job.Id;
            prepared[i] = job;
        }

        return prepared;
    }

    private Task<int[]> StoreAsync(in EnqueueItem job, CancellationToken cancellationToken)
    {
        var unit = new EnqueueUnit(new[] { job }) { CancellationToken = cancellationToken };
        enqueuer.LaneOf(job.Id).Add(unit);
        return unit.Answer.WaitAsync(cancellationToken);
    }

    private static void Describe(Activity? span, in EnqueueItem job)
    {
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(TelemetryTags.JobId, job.Id.ToString()).SetTag(TelemetryTags.JobName, job.Name);
        }
    }

    /// <summary>The queue that all go to; null when there are several.</summary>
    private string? FindCommonQueue(IReadOnlyList<JobRequest> jobs)
    {
        string? common = null;
        foreach (var job in jobs)
        {
            var queue = job is null ? null : preparer.FindQueue(job.Name, job.OptionsToRead);
            if (queue is null || (common is not null && queue != common))
            {
                return null;
            }

            common = queue;
        }

        return common;
    }
}
