using JobQueue.Diagnostics;

namespace JobQueue.Enqueueing;

/// <summary>Makes one user's middleware from the host's services.</summary>
internal sealed record EnqueueMiddlewareRegistration(Func<IServiceProvider, IEnqueueMiddleware> Resolve);

/// <summary>What an enqueue runs through: the middlewares, then the store. Safe to use from any thread.</summary>
internal sealed class EnqueuePipeline
{
    private readonly JobSender _sender;
    private readonly Lazy<IEnqueueMiddleware[]> _middlewares;

    public EnqueuePipeline(IEnumerable<EnqueueMiddlewareRegistration> registrations, IServiceProvider services, JobSender sender)
    {
        EnqueueMiddlewareRegistration[] all = [.. registrations];
        _sender = sender;
        IsEmpty = all.Length == 0;

        // Not before the first use: a middleware may itself use the queue, which this pipeline is a part of.
        _middlewares = new(() => Array.ConvertAll(all, registration => registration.Resolve(services)));
    }

    /// <summary>Whether jobs go straight to the store.</summary>
    public bool IsEmpty { get; }

    /// <summary>Makes the middlewares, so that one that can't be made stops the start and not the first enqueue.</summary>
    public void MakeMiddlewares() => _ = _middlewares.Value;

    /// <summary>Enqueues the job of a caller that waits for one id.</summary>
    public async Task<JobId> EnqueueOneAsync(JobRequest job, CancellationToken cancellationToken)
    {
        var ids = await InvokeAsync(0, [job], isBatch: false, cancellationToken).ConfigureAwait(false);
        if (ids.Count == 0)
        {
            throw Errors.EnqueueLeftOut(job.Name);
        }

        return job.StoredAs is { } own && ids.Contains(own) ? own : ids[0];
    }

    /// <summary>Enqueues the jobs of a caller that waits for any number of ids.</summary>
    public Task<IReadOnlyList<JobId>> EnqueueManyAsync(IReadOnlyList<JobRequest> jobs, CancellationToken cancellationToken)
        => InvokeAsync(jobs.Count == 0 ? _middlewares.Value.Length : 0, jobs, isBatch: true, cancellationToken);

    private async Task<IReadOnlyList<JobId>> InvokeAsync(int position, IReadOnlyList<JobRequest> jobs, bool isBatch, CancellationToken cancellationToken)
    {
        var middlewares = _middlewares.Value;
        if (position == middlewares.Length)
        {
            return await _sender.SendManyAsync(jobs, isBatch || jobs is not { Count: 1 }, cancellationToken).ConfigureAwait(false);
        }

        var ids = await middlewares[position]
            .InvokeAsync(jobs, passedOn => InvokeAsync(position + 1, passedOn, isBatch, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return ids ?? throw Errors.EnqueueMiddlewareAnsweredNull(middlewares[position].GetType());
    }
}
