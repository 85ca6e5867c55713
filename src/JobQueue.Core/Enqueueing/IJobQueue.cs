namespace JobQueue;

/// <summary>Enqueues jobs, looks at them, and cancels, deletes, hastens and copies them. Registered as a singleton by <c>AddJobQueue</c>; also fit to be faked in tests.</summary>
/// <remarks>Safe to use from any thread. Concurrent calls share round trips to Redis.</remarks>
public interface IJobQueue
{
    /// <summary>Stores a job. When the call has returned, the job is in Redis and runs at least once.</summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <param name="name">The name of the handler that runs it.</param>
    /// <param name="args">The arguments, written as JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</param>
    /// <param name="configure">Sets the job's own options.</param>
    /// <param name="cancellationToken">Ends the wait. A job that was already on its way may still be stored.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="InvalidJobException">A name, argument or option is outside its rule; nothing was stored.</exception>
    /// <exception cref="DuplicateJobException">A job with the chosen id exists.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; the exception says whether the job may be there.</exception>
    /// <exception cref="JobQueueException">The host has stopped, Redis refuses the call, or an <see cref="IEnqueueMiddleware"/> has left the job out.</exception>
    Task<JobId> EnqueueAsync<TArgs>(
        string name, TArgs args, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Stores any number of jobs, in calls of at most 500 jobs or 1 MiB. All are checked before the first is stored. When
    /// a later call fails, the exception names the jobs that are not, or may not be, there.
    /// </summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="cancellationToken">Ends the call between two calls to Redis, and the wait for the current one.</param>
    /// <returns>The ids, in the order of the jobs; an <see cref="IEnqueueMiddleware"/> may answer fewer or more.</returns>
    /// <exception cref="InvalidJobException">A job is outside a rule, or an id stands twice; nothing was stored.</exception>
    /// <exception cref="DuplicateJobException">Some jobs exist; all others were stored.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; the exception names the jobs concerned.</exception>
    /// <exception cref="JobQueueException">The host has stopped, or Redis refuses the call.</exception>
    Task<IReadOnlyList<JobId>> EnqueueManyAsync(IEnumerable<JobRequest> jobs, CancellationToken cancellationToken = default);

    /// <summary>Reads a job with its state, attempts, result and errors.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The job, or <see langword="null"/> when there is none with that id.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<Job?> GetAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Cancels a job. One that waits, for a worker or for its time, is cancelled at once and never starts. One that runs is
    /// asked to stop: its token fires, and it is cancelled when its handler gives up; a handler that succeeds all the same completes
    /// it. The call may be repeated while the job runs.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns><see cref="JobState.Cancelled"/> when it is cancelled; <see cref="JobState.Running"/> when it was asked to stop.</returns>
    /// <exception cref="InvalidJobException">The id is the default value; nothing has changed.</exception>
    /// <exception cref="JobStateException">There is no such job, it has finished, or its record can't be read; nothing has changed.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<JobState> CancelAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a job that does not run, in any other state, with everything kept for it: its record, attempts, result, log and steps.
    /// A job that waited never starts.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>A task that ends when the job is gone.</returns>
    /// <exception cref="InvalidJobException">The id is the default value; nothing has changed.</exception>
    /// <exception cref="JobStateException">There is no such job, or it runs: cancel it first.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task DeleteAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets a job that waits for its time, because it was scheduled or is to be retried, wait for a worker at once. One that
    /// already waits for a worker, or runs, is left as it is, so the call may be repeated.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>A task that ends when the job waits for a worker.</returns>
    /// <exception cref="InvalidJobException">The id is the default value; nothing has changed.</exception>
    /// <exception cref="JobStateException">There is no such job, or it has finished: see <see cref="CopyAsync(JobId, Action{EnqueueOptions}, CancellationToken)"/> and <see cref="IDeadLetterQueue"/>.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task RunNowAsync(JobId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Enqueues a finished job (completed, dead or cancelled) again, as a new job with an id of its own. The handler, the arguments byte
    /// for byte, queue, priority, retries, timeout, expiry, user, tags and headers are taken over; a delay and a deadline are not.
    /// <see cref="Job.CopiedFrom"/> names the job that was copied, which stays as it is.
    /// </summary>
    /// <param name="id">The finished job.</param>
    /// <param name="configure">Changes the new job's options, which are set as the finished job had them.</param>
    /// <param name="cancellationToken">Ends the wait. A job that was already on its way may still be stored.</param>
    /// <returns>The new job's id.</returns>
    /// <exception cref="InvalidJobException">The id is the default value, or an option is outside its rule; nothing was stored.</exception>
    /// <exception cref="JobStateException">
    /// There is no such job, it has not finished, its record can't be read, or its arguments are no longer kept; nothing was stored.
    /// </exception>
    /// <exception cref="DuplicateJobException">A job with the id chosen for the copy exists.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; the exception says whether the new job may be there.</exception>
    /// <exception cref="JobQueueException">The host has stopped, Redis refuses the call, or an <see cref="IEnqueueMiddleware"/> has left the job out.</exception>
    Task<JobId> CopyAsync(JobId id, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="CopyAsync(JobId, Action{EnqueueOptions}, CancellationToken)"/>, with other arguments.</summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <param name="id">The finished job; its own arguments need not be kept any more.</param>
    /// <param name="args">The new job's arguments, written as JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</param>
    /// <param name="configure">Changes the new job's options, which are set as the finished job had them.</param>
    /// <param name="cancellationToken">Ends the wait. A job that was already on its way may still be stored.</param>
    /// <returns>The new job's id.</returns>
    /// <exception cref="InvalidJobException">The id is the default value, an option or the arguments are outside their rule; nothing was stored.</exception>
    /// <exception cref="JobStateException">There is no such job, it has not finished, or its record can't be read; nothing was stored.</exception>
    /// <exception cref="DuplicateJobException">A job with the id chosen for the copy exists.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; the exception says whether the new job may be there.</exception>
    /// <exception cref="JobQueueException">The host has stopped, Redis refuses the call, or an <see cref="IEnqueueMiddleware"/> has left the job out.</exception>
    Task<JobId> CopyAsync<TArgs>(JobId id, TArgs args, Action<EnqueueOptions>? configure = null, CancellationToken cancellationToken = default);

    /// <summary>Waits until a job has completed and reads its result.</summary>
    /// <typeparam name="TResult">The type that the handler returns.</typeparam>
    /// <param name="id">The job.</param>
    /// <param name="timeout">How long to wait, above zero and at most 24 h.</param>
    /// <param name="cancellationToken">Ends the wait; the job goes on.</param>
    /// <returns>The result; the default of <typeparamref name="TResult"/> when the handler returns none.</returns>
    /// <exception cref="JobStateException">There is no job with that id.</exception>
    /// <exception cref="JobFailedException">The job died or was cancelled.</exception>
    /// <exception cref="TimeoutException">The job did not end in time; it goes on.</exception>
    /// <exception cref="InvalidJobException"><paramref name="timeout"/> is out of its range.</exception>
    /// <exception cref="JobQueueException">The result can't be read as <typeparamref name="TResult"/>.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<TResult?> WaitForResultAsync<TResult>(JobId id, TimeSpan timeout, CancellationToken cancellationToken = default);
}
