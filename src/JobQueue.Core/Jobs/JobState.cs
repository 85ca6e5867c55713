namespace JobQueue;

/// <summary>
/// Where a job is in its life. The state is not stored: it follows from where the job's id is, so it can't disagree with it.
/// The transitions are the table in <c>JobStateMachine</c>.
/// </summary>
public enum JobState
{
    /// <summary>
    /// Waits for its time. In: an enqueue with a delay or a time, or a worker that hands it back for later. Out: the
    /// promoter, when it is due, or a person who runs it now, cancels or deletes it. Stays until then.
    /// </summary>
    Scheduled = 0,

    /// <summary>
    /// Waits for a worker. In: an enqueue, the promoter, a person's requeue or wish to run it now, or the return of a job that was handed
    /// back or whose worker was lost. Out: a worker's fetch, or a person who cancels or deletes it. Stays as long as no worker of its queue is free.
    /// </summary>
    Pending = 1,

    /// <summary>
    /// Leased to a worker. In: a worker's fetch. Out: that worker, which reports how the attempt ended or hands the
    /// job back; or the recoverer, when the worker is lost. Stays at most for the job's timeout, or the lease once the
    /// worker is gone.
    /// </summary>
    Running = 2,

    /// <summary>
    /// Failed, and waits for its next attempt. In: the worker, after a failed attempt with retries left. Out: the
    /// promoter, when the delay is over, or a person who runs it now, cancels or deletes it. Stays for the backoff delay.
    /// </summary>
    Retrying = 3,

    /// <summary>
    /// Succeeded. In: the worker. Out: retention, or a person who deletes it. Final.
    /// </summary>
    Completed = 4,

    /// <summary>
    /// A dead letter: out of retries, or not to be retried. Written <c>failed</c> on the wire. In: the worker, after the
    /// last failed attempt. Out: a person, who requeues or deletes it. Stays until then, or for its retention.
    /// </summary>
    Dead = 5,

    /// <summary>
    /// Stopped on request before it succeeded. In: a person or program that cancels it. Out: retention,
    /// or a person who deletes it. Final.
    /// </summary>
    Cancelled = 6,
}
