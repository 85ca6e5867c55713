namespace JobQueue;

/// <summary>
/// Keeps recurring jobs: timetables in Redis that enqueue a job at each occurrence, exactly one whatever the number of processes. Registered
/// as a singleton by <c>AddJobQueue</c>; also fit to be faked in tests.
/// </summary>
/// <remarks>Safe to use from any thread. Processes with <see cref="JobQueueOptions.RunScheduler"/> off can register and switch too.</remarks>
public interface IJobScheduler
{
    /// <summary>
    /// Registers a recurring job, or replaces the one of that name that was registered at run time. What it has done so far and whether it
    /// was switched off is kept; so is its next occurrence, unless the timetable is another.
    /// </summary>
    /// <typeparam name="TArgs">The type of the arguments.</typeparam>
    /// <param name="name">Its name, unique in the store; a valid name.</param>
    /// <param name="handler">The handler that runs its jobs; one that this process or a live worker knows.</param>
    /// <param name="schedule">When it fires.</param>
    /// <param name="args">The arguments of each job, written as JSON with <see cref="JobQueueOptions.SerializerOptions"/>.</param>
    /// <param name="configure">Sets the rest.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>It, as it is stored now.</returns>
    /// <exception cref="InvalidJobException">A name, argument or option is outside its rule, or nobody knows the handler; nothing was stored.</exception>
    /// <exception cref="RecurringJobException">The name belongs to the code of an application.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<RecurringJob> RegisterAsync<TArgs>(
        string name,
        string handler,
        JobSchedule schedule,
        TArgs args,
        Action<RecurringJobOptions>? configure = null,
        CancellationToken cancellationToken = default);

    /// <summary>Removes a recurring job. The jobs that it has enqueued stay.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RecurringJobException">It belongs to the code of an application, which would register it again.</exception>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<bool> UnregisterAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>
    /// Switches a recurring job on, whoever registered it. Occurrences that came while it was off are not made up for. The switch outlives a
    /// new registration and a new version of the application.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>It, as it is stored now; <see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call, or this process can't read its timetable.</exception>
    Task<RecurringJob?> EnableAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Switches a recurring job off, whoever registered it, until it is switched on. Jobs that it has enqueued still run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait; the call may still be carried out.</param>
    /// <returns>It, as it is stored now; <see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; call again.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<RecurringJob?> DisableAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Enqueues a job of a recurring job now, also of one that is switched off. Its timetable stays as it is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait; the job may still be enqueued.</param>
    /// <returns>The job's id; <see langword="null"/> when there is no recurring job of that name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer; the exception says whether the job may be there.</exception>
    /// <exception cref="JobQueueException">Redis refuses the call.</exception>
    Task<JobId?> RunNowAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Reads one recurring job.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>It, or <see langword="null"/> when there is none of that name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<RecurringJob?> GetAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Reads all recurring jobs, those that code declares and those of run time.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>All, by name.</returns>
    /// <exception cref="JobQueueUnavailableException">Redis did not answer.</exception>
    Task<IReadOnlyList<RecurringJob>> ListAsync(CancellationToken cancellationToken = default);
}
