namespace JobQueue;

/// <summary>
/// Base of the errors this library reports about jobs and Redis. The message says what happened, why, and what to do;
/// <see cref="ErrorId"/> names the page in <c>docs/diagnostics/</c>.
/// </summary>
public class JobQueueException : Exception
{
    internal JobQueueException(string errorId, string message, Exception? innerException = null)
        : base($"{errorId}: {message}", innerException) => ErrorId = errorId;

    /// <summary>Stable id of the error, for example <c>JQ2001</c>.</summary>
    public string ErrorId { get; }
}

/// <summary>
/// A job was refused before anything was written: a name, argument or option is outside its rule.
/// <see cref="ArgumentException.ParamName"/> names what was refused.
/// </summary>
public sealed class InvalidJobException : ArgumentException
{
    internal InvalidJobException(string errorId, string message, string paramName, Exception? innerException = null)
        : base($"{errorId}: {message}", paramName, innerException) => ErrorId = errorId;

    /// <summary>Stable id of the error, for example <c>JQ1001</c>.</summary>
    public string ErrorId { get; }
}

/// <summary>
/// Redis could not be reached, did not answer in time, or refuses writes, or too few replicas have said that they have the jobs. Whether
/// the jobs of an enqueue may be there all the same is said by <see cref="MayHaveBeenEnqueued"/>.
/// </summary>
public sealed class JobQueueUnavailableException : JobQueueException
{
    internal JobQueueUnavailableException(
        string errorId, string message, Exception? innerException, IReadOnlyList<JobId> jobIds, bool mayHaveBeenEnqueued)
        : base(errorId, message, innerException)
    {
        JobIds = jobIds;
        MayHaveBeenEnqueued = mayHaveBeenEnqueued;
    }

    /// <summary>
    /// The jobs whose enqueue failed; empty for other calls. Enqueue again under the same ids: one that is there already
    /// is answered by a <see cref="DuplicateJobException"/> and does not run twice.
    /// </summary>
    public IReadOnlyList<JobId> JobIds { get; }

    /// <summary>
    /// Whether Redis may have stored the jobs in <see cref="JobIds"/>, although no answer arrived, or has stored them on too few servers;
    /// <see langword="false"/> when it is certain that it did not.
    /// </summary>
    public bool MayHaveBeenEnqueued { get; }
}

/// <summary>Jobs were not enqueued because their ids are taken by jobs that exist.</summary>
public sealed class DuplicateJobException : JobQueueException
{
    internal DuplicateJobException(string errorId, string message, IReadOnlyList<JobId> jobIds)
        : base(errorId, message) => JobIds = jobIds;

    /// <summary>The ids that exist. All other jobs of the call were enqueued.</summary>
    public IReadOnlyList<JobId> JobIds { get; }
}

/// <summary>The job does not exist, or is not in the state the call needs.</summary>
public sealed class JobStateException : JobQueueException
{
    internal JobStateException(string errorId, string message, JobId jobId, JobState? state)
        : base(errorId, message)
    {
        JobId = jobId;
        State = state;
    }

    /// <summary>The job.</summary>
    public JobId JobId { get; }

    /// <summary>The state it is in; <see langword="null"/> when it does not exist.</summary>
    public JobState? State { get; }
}

/// <summary>The awaited job ended without a result: it died or was cancelled.</summary>
public sealed class JobFailedException : JobQueueException
{
    internal JobFailedException(string errorId, string message, Job job)
        : base(errorId, message) => Job = job;

    /// <summary>The job with its attempts and errors.</summary>
    public Job Job { get; }
}

/// <summary>Thrown under a handler: another attempt would fail in the same way, so there is none.</summary>
internal sealed class NonRetryableJobException : JobQueueException
{
    public NonRetryableJobException(string errorId, string message, Exception? innerException = null)
        : base(errorId, message, innerException)
    {
    }
}
