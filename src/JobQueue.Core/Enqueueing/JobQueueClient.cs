using System.Text.Json;
using JobQueue.Diagnostics;
using Microsoft.Extensions.Options;

namespace JobQueue.Enqueueing;

/// <summary>The <see cref="IJobQueue"/> of a host.</summary>
internal sealed class JobQueueClient(
    JobSender sender,
    EnqueuePipeline pipeline,
    JobPreparer preparer,
    JobReader reader,
    JobControl control,
    ResultWaiter waiter,
    IOptions<JobQueueOptions> options) : IJobQueue
{
    private static readonly TimeSpan WaitCeiling = TimeSpan.FromHours(24);

    public async Task<JobId> EnqueueAsync<TArgs>(
        string name, TArgs args, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = configure is null ? null : new EnqueueOptions();
        configure?.Invoke(job!);
        var argsType = typeof(TArgs) == typeof(object) ? args?.GetType() ?? typeof(object) : typeof(TArgs);
        return await (pipeline.IsEmpty
            ? sender.SendOneAsync(name, argsType, args, job ?? EnqueueOptions.None, source: null, cancellationToken)
            : pipeline.EnqueueOneAsync(new JobRequest(name, args, argsType, job), cancellationToken)).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<JobId>> EnqueueManyAsync(IEnumerable<JobRequest> jobs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var requests = new List<JobRequest>();
        foreach (var job in jobs)
        {
            ArgumentNullException.ThrowIfNull(job, nameof(jobs));
            cancellationToken.ThrowIfCancellationRequested();
            requests.Add(job);
        }

        return await (pipeline.IsEmpty
            ? sender.SendManyAsync(requests, isBatch: true, cancellationToken)
            : pipeline.EnqueueManyAsync(requests, cancellationToken)).ConfigureAwait(false);
    }

    public Task<Job?> GetAsync(JobId id, CancellationToken cancellationToken = default) => reader.ReadAsync(id, cancellationToken);

    public Task<JobState> CancelAsync(JobId id, CancellationToken cancellationToken = default) => control.CancelAsync(Named(id), cancellationToken);

    public Task DeleteAsync(JobId id, CancellationToken cancellationToken = default) => control.DeleteAsync(
        Named(id), static (id, state) => state == JobState.Running ? Errors.RunningNotDeleted(id) : null, cancellationToken);

    public Task RunNowAsync(JobId id, CancellationToken cancellationToken = default) => control.RunNowAsync(Named(id), cancellationToken);

    public async Task<JobId> CopyAsync(JobId id, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var source = await control.ReadFinishedAsync(Named(id), needsArgs: true, cancellationToken).ConfigureAwait(false);
        return await CopyAsync(source, configure, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JobId> CopyAsync<TArgs>(
        JobId id, TArgs args, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var source = await control.ReadFinishedAsync(Named(id), needsArgs: false, cancellationToken).ConfigureAwait(false);
        source.Args = preparer.Serialise(source.Name, typeof(TArgs), args);
        return await CopyAsync(source, configure, cancellationToken).ConfigureAwait(false);
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

    private Task<JobId> CopyAsync(JobRecord source, Action<EnqueueOptions>? configure, CancellationToken cancellationToken)
    {
        var job = JobPreparer.OptionsOfCopy(source);
        configure?.Invoke(job);
        return pipeline.IsEmpty
            ? sender.SendOneAsync(source.Name, typeof(object), args: null, job, source, cancellationToken)
            : pipeline.EnqueueOneAsync(new JobRequest(source, job), cancellationToken);
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
}
